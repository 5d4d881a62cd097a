/** Which model has outputs for which prompts, what a sample run must make first, and publishing tasks on what is there. */
import { Button, Checkbox, Group, SimpleGrid, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiError } from '@/api/errors';
import { publishEvaluation, type Evaluation } from '@/api/evaluation';
import type { Project } from '@/api/projects';
import type { Schema } from '@/api/schemas';
import { withFilters } from '@/app/filters';
import { formatNumber } from '@/app/format';
import { paths } from '@/app/paths';
import { useUser } from '@/app/session';
import { Choice } from '@/components/Choice';
import { DataTable } from '@/components/DataTable';
import { LimitField } from '@/components/LimitField';
import { NumberField } from '@/components/NumberField';
import { Section } from '@/components/Page';
import { ErrorText, Notice } from '@/components/states';
import classes from './Evaluation.module.css';
import { useNames } from './names';

interface CoverageProps {
  project: Project;
  evaluation: Evaluation;
}

export function Coverage({ project, evaluation }: CoverageProps): ReactNode {
  const { t } = useTranslation('evaluation');
  const names = useNames(evaluation);
  const { role } = useUser();
  const whole = evaluation.coverage.at(-1);
  const missing = (whole?.models ?? []).filter(({ prompts }) => prompts < (whole?.prompts ?? 0));
  return (
    <>
      <Section title={t('coverage.title')}>
        {whole && (
          <Text mb="sm">{t('coverage.sentence', { ready: formatNumber(whole.ready), prompts: formatNumber(whole.prompts) })}</Text>
        )}
        <DataTable
          label={t('coverage.title')}
          rows={evaluation.coverage}
          rowKey={(row) => row.prompt_set}
          empty={null}
          columns={[
            { key: 'set', header: t('column.set'), cell: (row) => names.set(row.prompt_set) },
            { key: 'prompts', header: t('column.prompts'), numeric: true, cell: (row) => formatNumber(row.prompts) },
            ...evaluation.models.map((id) => ({
              key: id,
              header: names.model(id),
              numeric: true,
              cell: (row: Schema<'Coverage'>) => formatNumber(row.models.find(({ model }) => model === id)?.prompts ?? 0),
            })),
            { key: 'ready', header: t('coverage.ready'), numeric: true, cell: (row) => formatNumber(row.ready) },
            {
              key: 'left',
              header: t('coverage.left'),
              cell: (row) =>
                row.pools.map(({ pool, left }) => `${names.pool(pool)}: ${formatNumber(left)}`).join(', '),
            },
          ]}
        />
        {missing.length > 0 && (
          <div className={classes.after}>
            <Notice tone="info">
            {t('coverage.missing', { models: missing.map(({ model }) => names.model(model)).join(', ') })}{' '}
            {role === 'admin' ? (
              missing
                .filter(({ model }) => evaluation.available.some(({ id, kind }) => id === model && kind === 'policy'))
                .map(({ model }) => (
                  <Link
                    key={model}
                    to={withFilters(paths.newRun(), { kind: 'sample', project: project.id, 'input.policy': model })}
                  >
                    {t('coverage.sample', { model: names.model(model) })}{' '}
                  </Link>
                ))
            ) : (
              t('coverage.askAdmin')
            )}{' '}
            <Link to={paths.importPrompts(project.id)}>{t('coverage.import')}</Link>
            </Notice>
          </div>
        )}
      </Section>
      <Publish project={project} evaluation={evaluation} />
    </>
  );
}

function Publish({ project, evaluation }: CoverageProps): ReactNode {
  const { t } = useTranslation('evaluation');
  const names = useNames(evaluation);
  const queries = useQueryClient();
  const offered = evaluation.coverage[0]?.pools.map(({ pool }) => pool) ?? [];
  const [form, setForm] = useState({
    set: 'all',
    pools: offered.filter((pool) => pool !== 'researcher') as string[],
    overlap: project.overlap,
    limit: '' as number | '',
  });
  const row = evaluation.coverage.find(({ prompt_set }) => prompt_set === form.set);
  const left = row?.pools.filter(({ pool }) => form.pools.includes(pool)) ?? [];
  const most = form.limit === '' ? Infinity : Math.max(0, form.limit);
  const tasks = left.reduce((sum, one) => sum + Math.min(one.left, most), 0);
  const publishing = useMutation({
    mutationFn: () =>
      publishEvaluation(project.id, {
        prompt_set: form.set,
        pools: form.pools as Schema<'PoolEnum'>[],
        overlap: form.overlap,
        limit: form.limit === '' ? null : form.limit,
      }),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['project', project.id] });
      void queries.invalidateQueries({ queryKey: ['list'] });
    },
  });
  const errors = publishing.error instanceof ApiError ? publishing.error.fields : {};
  return (
    <Section title={t('publish.title')}>
      <Text c="dimmed" maw="44rem" mb="sm">
        {t('publish.intro')}
      </Text>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          publishing.mutate();
        }}
      >
        <SimpleGrid cols={{ base: 1, sm: 3 }} maw="52rem">
          <Choice
            label={t('column.set')}
            value={form.set}
            onChange={(set) => setForm({ ...form, set })}
            options={evaluation.coverage.map(({ prompt_set }) => ({ value: prompt_set, label: names.set(prompt_set) }))}
          />
          <NumberField
            label={t('publish.overlap')}
            value={form.overlap}
            onChange={(value) => setForm({ ...form, overlap: value })}
            min={1}
            max={100}
            error={errors.overlap}
          />
          <LimitField
            label={t('publish.limit')}
            placeholder={t('publish.all')}
            value={form.limit}
            onChange={(limit) => setForm({ ...form, limit })}
            error={errors.limit}
          />
        </SimpleGrid>
        <Checkbox.Group
          label={t('publish.pools')}
          description={t('publish.poolsHelp')}
          value={form.pools}
          onChange={(pools) => setForm({ ...form, pools })}
          error={errors.pools}
          my="sm"
        >
          <Group gap="md" mt="xs">
            {offered.map((pool) => (
              <Checkbox key={pool} value={pool} label={names.pool(pool)} />
            ))}
          </Group>
        </Checkbox.Group>
        <Button type="submit" loading={publishing.isPending} disabled={tasks === 0}>
          {t('publish.send', { count: tasks })}
        </Button>
        {publishing.data && (
          <Notice tone="good" role="status">
            {t('publish.done', { count: publishing.data.batches.length })}{' '}
            {publishing.data.batches.map((batch) => (
              <Link key={batch.id} to={paths.batch(batch.id)}>
                {batch.name}{' '}
              </Link>
            ))}
          </Notice>
        )}
        {publishing.error && (
          <Notice tone="bad" role="alert">
            <ErrorText error={publishing.error} />
          </Notice>
        )}
      </form>
    </Section>
  );
}
