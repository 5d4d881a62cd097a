/** The whole chain by one button: freeze accepted work, then SFT, RM and PPO, and new outputs to rank. */
import { Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { ApiError } from '@/api/errors';
import { pagedQuery } from '@/api/paged';
import { projectsQuery } from '@/api/projects';
import type { Model } from '@/api/registry';
import { formsQuery, launchChain } from '@/api/runs';
import type { Schema } from '@/api/schemas';
import { useFilters, withFilters } from '@/app/filters';
import { paths } from '@/app/paths';
import { Choice } from '@/components/Choice';
import { Page } from '@/components/Page';
import { EmptyState, ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import { NoWorker } from './RunsPage';
import { SettingFields, settingValues, type TypedSettings } from './SettingFields';
import { splitSettings } from './splitSettings';

type Preset = Schema<'PresetEnum'>;
const STAGES = ['sft', 'rm', 'ppo', 'sample'] as const;

export function NewChainPage(): ReactNode {
  const { t } = useTranslation('admin');
  const forms = useQuery(formsQuery);
  return (
    <Page title={t('chain.title')} intro={t('chain.intro')} trail={[{ label: t('runs.title'), to: paths.runs() }]}>
      <NoWorker />
      {forms.data ? (
        <ChainForm forms={forms.data} />
      ) : forms.error ? (
        <ErrorState error={forms.error} onRetry={() => void forms.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Page>
  );
}

function ChainForm({ forms }: { forms: Schema<'Forms'> }): ReactNode {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [filters, setFilter] = useFilters(['project', 'base', 'preset']);
  const projects = useQuery(projectsQuery);
  const models = useInfiniteQuery(pagedQuery<Model>('/models', { limit: 200 }));
  const bases = (models.data?.pages.flatMap((page) => page.results) ?? []).filter(
    (model) => model.kind === 'policy' && model.status !== 'retired',
  );
  const [seed, setSeed] = useState('0');
  const [pretrain, setPretrain] = useState('');
  const [typed, setTyped] = useState<Record<(typeof STAGES)[number], TypedSettings>>({ sft: {}, rm: {}, ppo: {}, sample: {} });
  const project = filters.project || projects.data?.results[0]?.id || '';
  const base = filters.base || bases.at(-1)?.id || '';
  const preset = (forms.presets.includes(filters.preset) ? filters.preset : 'tiny') as Preset;
  const launching = useMutation({
    mutationFn: () =>
      launchChain({
        project,
        base,
        preset,
        seed: Number(seed) || 0,
        pretrain: pretrain.trim(),
        settings: Object.fromEntries(
          STAGES.map((stage) => [
            stage,
            settingValues(forms.kinds.find((form) => form.kind === stage)?.settings[preset] ?? [], typed[stage]),
          ]),
        ),
      }),
    onSuccess: (chain) => {
      void queries.invalidateQueries({ queryKey: ['list'] });
      void navigate(withFilters(paths.runs(), { chain: chain.chain }));
    },
  });
  const errors = launching.error instanceof ApiError ? launching.error.fields : {};
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    launching.mutate();
  };
  if (models.data && bases.length === 0) {
    return (
      <EmptyState title={t('chain.noBase')} text={t('chain.noBaseText')}>
        <Group>
          <Button component={Link} to={withFilters(paths.newRun(), { kind: 'pretrain' })}>
            {t('chain.pretrain')}
          </Button>
          <Button component={Link} to={paths.models()} variant="default">
            {t('models.register')}
          </Button>
        </Group>
      </EmptyState>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md" mt="md">
        <SimpleGrid cols={{ base: 1, xs: 2 }} maw={760}>
          <Choice
            label={t('project')}
            value={project}
            onChange={(value) => setFilter('project', value)}
            options={(projects.data?.results ?? []).map((one) => ({ value: one.id, label: one.name }))}
            error={errors.project}
          />
          <Choice
            label={t('chain.base')}
            value={base}
            onChange={(value) => setFilter('base', value)}
            options={bases.map((model) => ({ value: model.id, label: model.name }))}
            error={errors.base}
          />
          <Choice
            label={t('runs.preset')}
            value={preset}
            onChange={(value) => setFilter('preset', value)}
            options={forms.presets.map((value) => ({ value, label: value }))}
          />
          <TextInput
            label={t('runs.seed')}
            value={seed}
            onChange={(event) => setSeed(event.currentTarget.value)}
            inputMode="numeric"
            error={errors.seed}
          />
          <TextInput
            label={t('chain.text')}
            description={t('chain.textHelp')}
            value={pretrain}
            onChange={(event) => setPretrain(event.currentTarget.value)}
            error={errors.pretrain}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
          />
        </SimpleGrid>
        {STAGES.map((stage) => (
          <details key={stage}>
            <summary>{t('chain.settingsOf', { stage: t(`runKind.${stage}`) })}</summary>
            <div style={{ marginTop: '1rem' }}>
              <SettingFields
                settings={splitSettings(forms, stage, preset).own}
                typed={typed[stage]}
                errors={errors}
                onChange={(next) => setTyped((before) => ({ ...before, [stage]: next }))}
              />
            </div>
          </details>
        ))}
        {launching.error && (
          <Notice tone="bad" role="alert">
            <ErrorText error={launching.error} />
          </Notice>
        )}
        <Group>
          <Button type="submit" loading={launching.isPending} disabled={!project || !base}>
            {t('chain.launch')}
          </Button>
          <Text c="dimmed">{t('chain.freezes')}</Text>
        </Group>
      </Stack>
    </form>
  );
}
