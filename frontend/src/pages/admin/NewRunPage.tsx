/** Launching one run: a form made from the trainer's own description, and what the run will be before it starts. */
import { Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { ApiError } from '@/api/errors';
import { projectsQuery } from '@/api/projects';
import { estimateQuery, formsQuery, launchRun, type RunKind } from '@/api/runs';
import { RUN_KINDS, type Schema } from '@/api/schemas';
import { useFilters } from '@/app/filters';
import { formatDuration, formatNumber } from '@/app/format';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { Choice } from '@/components/Choice';
import { Facts } from '@/components/Facts';
import { Key } from '@/components/Key';
import { Page, Section } from '@/components/Page';
import { ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import classes from './Admin.module.css';
import { formatBytes } from './format';
import { InputField } from './InputField';
import { NoWorker } from './RunsPage';
import { SettingFields, settingValues, type TypedSettings } from './SettingFields';
import { splitSettings } from './splitSettings';

type Preset = Schema<'PresetEnum'>;
type Body = Schema<'NewRunRequest'>;

export function NewRunPage(): ReactNode {
  const { t } = useTranslation('admin');
  const forms = useQuery(formsQuery);
  const [filters, setFilter] = useFilters(['kind']);
  const kind: RunKind = RUN_KINDS.find((name) => name === filters.kind) ?? 'sft';
  const form = forms.data?.kinds.find((one) => one.kind === kind);
  return (
    <Page title={t('newRun.title')} intro={t('newRun.intro')} trail={[{ label: t('runs.title'), to: paths.runs() }]}>
      {forms.data && form ? (
        <>
          <NoWorker />
          <Choice
            my="md"
            maw={320}
            label={t('kind')}
            description={form.help}
            value={kind}
            onChange={(value) => setFilter('kind', value)}
            options={forms.data.kinds.map((one) => ({ value: one.kind, label: one.label }))}
            inputWrapperOrder={['label', 'input', 'description']}
          />
          <RunForm key={kind} form={form} forms={forms.data} />
        </>
      ) : forms.error ? (
        <ErrorState error={forms.error} onRetry={() => void forms.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Page>
  );
}

/** Values given in the address, such as input.data=ID and set.epochs=4: a run again, or one for a snapshot. */
function startingFrom(search: URLSearchParams, prefix: string): Record<string, string> {
  return Object.fromEntries(
    [...search].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

function RunForm({ form, forms }: { form: Schema<'KindForm'>; forms: Schema<'Forms'> }): ReactNode {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [search] = useSearchParams();
  const [filters, setFilter] = useFilters(['project', 'preset']);
  const projects = useQuery(projectsQuery);
  const [name, setName] = useState('');
  const [seed, setSeed] = useState('0');
  const [inputs, setInputs] = useState(() => startingFrom(search, 'input.'));
  const [typed, setTyped] = useState<TypedSettings>(() => startingFrom(search, 'set.'));
  const preset = (forms.presets.includes(filters.preset) ? filters.preset : 'tiny') as Preset;
  const settings = form.settings[preset] ?? [];
  const { own, shared } = splitSettings(forms, form.kind, preset);
  const project = filters.project;
  const body: Body = {
    kind: form.kind,
    project: project || null,
    name: name.trim(),
    preset,
    seed: Number(seed) || 0,
    inputs: Object.fromEntries(
      form.inputs.flatMap((input) => {
        const value = inputs[input.name]?.trim();
        return value ? [[input.name, value]] : [];
      }),
    ),
    settings: settingValues(settings, typed),
  };
  const complete = (one: Body): boolean => form.inputs.every((input) => !input.required || input.name in (one.inputs ?? {}));
  const ready = complete(body);
  const launching = useMutation({
    mutationFn: () => launchRun(body),
    onSuccess: (run) => {
      void queries.invalidateQueries({ queryKey: ['list', '/runs'] });
      void navigate(paths.run(run.id));
    },
  });
  const [calm] = useDebouncedValue(body, 500);
  const estimate = useQuery(estimateQuery(calm, complete(calm)));
  const error = launching.error ?? (ready ? estimate.error : null);
  const errors = error instanceof ApiError ? error.fields : {};
  const launch = (): void => {
    if (ready && !launching.isPending) launching.mutate();
  };
  useKeys([{ keys: 'mod+Enter', label: t('newRun.launch'), group: t('newRun.title'), run: launch }]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    launch();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
          <Choice
            label={t('project')}
            value={project}
            onChange={(value) => setFilter('project', value)}
            options={(projects.data?.results ?? []).map((one) => ({ value: one.id, label: one.name }))}
            none={t('newRun.projectOfInputs')}
            error={errors.project}
          />
          <Choice
            label={t('runs.preset')}
            value={preset}
            onChange={(value) => setFilter('preset', value)}
            options={forms.presets.map((value) => ({ value, label: value }))}
          />
          <TextInput
            label={t('name')}
            placeholder={t('optional')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={errors.name}
            maxLength={120}
          />
          <TextInput
            label={t('runs.seed')}
            value={seed}
            onChange={(event) => setSeed(event.currentTarget.value)}
            inputMode="numeric"
            error={errors.seed}
          />
        </SimpleGrid>
        <Section title={t('runs.inputs')}>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {form.inputs.map((input) => (
              <InputField
                key={input.name}
                input={input}
                project={project}
                value={inputs[input.name] ?? ''}
                error={errors[`inputs.${input.name}`]}
                onChange={(value) => setInputs((before) => ({ ...before, [input.name]: value }))}
              />
            ))}
          </SimpleGrid>
        </Section>
        <div className={classes.estimate} aria-live="polite">
          <Text fw={600}>{t('newRun.estimate')}</Text>
          {!ready ? (
            <Text c="dimmed">{t('newRun.estimateLater')}</Text>
          ) : estimate.data ? (
            <Estimate estimate={estimate.data} />
          ) : estimate.error ? (
            <Notice tone="bad">
              <ErrorText error={estimate.error} whole />
            </Notice>
          ) : (
            <LoadingState />
          )}
          {launching.error && (
            <Notice tone="bad" role="alert">
              <ErrorText error={launching.error} whole />
            </Notice>
          )}
          <Group>
            <Button type="submit" disabled={!ready} loading={launching.isPending} rightSection={<Key keys="mod+Enter" />}>
              {t('newRun.launch')}
            </Button>
          </Group>
        </div>
        <Section title={t('runs.settings')}>
          <SettingFields settings={own} typed={typed} errors={errors} onChange={setTyped} />
        </Section>
        <details>
          <summary>{t('newRun.shared')}</summary>
          <div style={{ marginTop: '1rem' }}>
            <SettingFields settings={shared} typed={typed} errors={errors} onChange={setTyped} />
          </div>
        </details>
      </Stack>
    </form>
  );
}

function Estimate({ estimate }: { estimate: Schema<'RunEstimate'> }): ReactNode {
  const { t } = useTranslation('admin');
  const known = (value: number | null): string => (value === null ? t('newRun.unknown') : formatNumber(value));
  return (
    <>
      <Facts
        facts={[
          { label: t('newRun.rows'), value: known(estimate.rows) },
          { label: t('newRun.tokens'), value: known(estimate.tokens) },
          { label: t('newRun.steps'), value: known(estimate.steps) },
          { label: t('cost.flops'), value: estimate.flops === null ? t('newRun.unknown') : estimate.flops.toExponential(1) },
          {
            label: t('newRun.memory'),
            value: estimate.memory === null ? t('newRun.unknown') : t('newRun.about', { size: formatBytes(estimate.memory) }),
          },
          {
            label: t('newRun.time'),
            value: estimate.seconds === null ? t('newRun.unknownTime') : formatDuration(estimate.seconds),
          },
        ]}
      />
      {estimate.notes.map((note) => (
        <Text key={note} c="dimmed" size="xs">
          {note}
        </Text>
      ))}
    </>
  );
}
