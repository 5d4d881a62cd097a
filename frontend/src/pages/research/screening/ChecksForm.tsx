/** The gates of a project, how often gold and constant items come, and the soft cutoffs of its screening. */
import { Button, Checkbox, Group, SimpleGrid, Stack, Switch, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/errors';
import { rubricsQuery } from '@/api/projects';
import { changeChecks, checksQuery, type Checks } from '@/api/screening';
import { NumberField } from '@/components/NumberField';
import { Section } from '@/components/Page';
import { ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';

const NUMBERS = [
  { name: 'gold_every', min: 0, max: 1000, step: 1 },
  { name: 'constant_every', min: 0, max: 1000, step: 1 },
  { name: 'constant_days', min: 1, max: 365, step: 1 },
  { name: 'cutoff_flagging', min: 0, max: 1, step: 0.05 },
  { name: 'cutoff_ranking', min: 0, max: 1, step: 0.05 },
  { name: 'cutoff_demonstrations', min: 1, max: 7, step: 0.5 },
] as const;

export function ChecksForm({ project }: { project: string }): ReactNode {
  const { t } = useTranslation('research');
  const checks = useQuery(checksQuery(project));
  return (
    <Section title={t('checks.title')}>
      {checks.data ? (
        <Form project={project} checks={checks.data} />
      ) : checks.error ? (
        <ErrorState error={checks.error} onRetry={() => void checks.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Section>
  );
}

function Form({ project, checks }: { project: string; checks: Checks }): ReactNode {
  const { t } = useTranslation('research');
  const queries = useQueryClient();
  const [form, setForm] = useState(checks);
  const set = (change: Partial<Checks>): void => setForm((before) => ({ ...before, ...change }));
  const rubrics = useQuery(rubricsQuery(project));
  const content = rubrics.data?.results[0]?.content;
  const flags = [...(content?.prompt_flags ?? []), ...(content?.output_flags ?? [])];
  const saving = useMutation({
    mutationFn: () => changeChecks(project, form),
    onSuccess: (saved) => queries.setQueryData(checksQuery(project).queryKey, saved),
  });
  const fields = saving.error instanceof ApiError ? saving.error.fields : {};
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md" maw={720}>
        {(['require_screening', 'require_calibration'] as const).map((gate) => (
          <Switch
            key={gate}
            label={t(`checks.${gate}`)}
            description={t(`checks.help.${gate}`)}
            checked={form[gate] ?? false}
            onChange={(event) => set({ [gate]: event.currentTarget.checked })}
          />
        ))}
        <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }}>
          {NUMBERS.map(({ name, min, max, step }) => (
            <NumberField
              key={name}
              label={t(`checks.${name}`)}
              description={t(`checks.help.${name}`)}
              value={form[name]}
              onChange={(value) => set({ [name]: value })}
              min={min}
              max={max}
              step={step}
              allowDecimal={step < 1}
              error={fields[name]}
            />
          ))}
        </SimpleGrid>
        <Checkbox.Group
          label={t('checks.sensitive_flags')}
          description={t('checks.help.sensitive_flags')}
          value={form.sensitive_flags ?? []}
          onChange={(keys) => set({ sensitive_flags: keys })}
        >
          <SimpleGrid cols={{ base: 1, xs: 2 }} mt="xs" spacing="xs">
            {flags.map((flag) => (
              <Checkbox key={flag.key} value={flag.key} label={flag.label} />
            ))}
          </SimpleGrid>
          {flags.length === 0 && <Text c="dimmed">{t('rubric.emptyText')}</Text>}
        </Checkbox.Group>
        {saving.error && (
          <Notice tone="bad" role="alert">
            <ErrorText error={saving.error} />
          </Notice>
        )}
        {saving.isSuccess && (
          <Notice tone="good" role="status">
            {t('checks.saved')}
          </Notice>
        )}
        <Group>
          <Button type="submit" loading={saving.isPending}>
            {t('checks.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
