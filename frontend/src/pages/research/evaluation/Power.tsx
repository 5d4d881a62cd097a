/** How many more comparisons until the intervals are as narrow as one needs them. */
import { SimpleGrid, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { powerQuery, type Evaluation } from '@/api/evaluation';
import type { Project } from '@/api/projects';
import { POOLS } from '@/api/schemas';
import { useFilters } from '@/app/filters';
import { formatNumber, formatPercent } from '@/app/format';
import { Choice } from '@/components/Choice';
import { DataTable } from '@/components/DataTable';
import { FilterError } from '@/components/FilterError';
import { NumberField } from '@/components/NumberField';
import { LoadingState } from '@/components/states';
import { useNames } from './names';

export function Power({ project, evaluation }: { project: Project; evaluation: Evaluation }): ReactNode {
  const { t } = useTranslation('evaluation');
  const names = useNames(evaluation);
  const [filters, setFilter] = useFilters(['points', 'per', 'set', 'pool']);
  const points = Number(filters.points) || 3;
  const perPrompt = Number(filters.per) || project.overlap;
  const [asked] = useDebouncedValue(
    { half_width: points / 100, per_prompt: perPrompt, prompt_set: filters.set || 'all', pool: filters.pool || 'all' },
    300,
  );
  const power = useQuery({ ...powerQuery(project.id, asked), placeholderData: keepPreviousData });
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} my="md">
        <NumberField
          label={t('power.points')}
          value={points}
          onChange={(value) => setFilter('points', value === 3 ? '' : String(value))}
          min={0.1}
          max={50}
          step={0.5}
          allowDecimal
        />
        <NumberField
          label={t('publish.overlap')}
          value={perPrompt}
          onChange={(value) => setFilter('per', String(value))}
          min={1}
          max={100}
        />
        <Choice
          label={t('column.set')}
          value={filters.set || 'all'}
          onChange={(set) => setFilter('set', set === 'all' ? '' : set)}
          options={evaluation.coverage.map(({ prompt_set }) => ({ value: prompt_set, label: names.set(prompt_set) }))}
        />
        <Choice
          label={t('column.pool')}
          value={filters.pool || 'all'}
          onChange={(pool) => setFilter('pool', pool === 'all' ? '' : pool)}
          options={(['all', ...POOLS] as const).map((value) => ({ value, label: names.pool(value) }))}
        />
      </SimpleGrid>
      {!power.data ? (
        power.error ? (
          <FilterError error={power.error} onRetry={() => void power.refetch()} />
        ) : (
          <LoadingState />
        )
      ) : (
        <>
          <Text size="lg" mb="xs" role="status">
            {power.data.more_prompts === 0
              ? t('power.enough', { points: formatNumber(power.data.half_width * 100, 1) })
              : t('power.sentence', {
                  prompts: formatNumber(power.data.more_prompts),
                  count: power.data.more_prompts,
                  comparisons: formatNumber(power.data.more_prompts * power.data.per_prompt),
                  points: formatNumber(power.data.half_width * 100, 1),
                })}
          </Text>
          <Text c="dimmed" maw="48rem" mb="md">
            {t('power.about')}
          </Text>
          <DataTable
            label={t('view.power')}
            rows={power.data.models}
            rowKey={({ model }) => model}
            empty={null}
            columns={[
              { key: 'model', header: t('column.model'), cell: ({ model }) => names.model(model) },
              { key: 'n', header: t('power.now'), numeric: true, cell: ({ comparisons }) => formatNumber(comparisons) },
              {
                key: 'width',
                header: t('power.width'),
                numeric: true,
                cell: ({ half_width }) => (half_width === null ? '–' : `± ${formatPercent(half_width)}`),
              },
              {
                key: 'correlation',
                header: t('power.correlation'),
                numeric: true,
                cell: ({ correlation }) => (correlation === null ? t('power.unknown') : formatNumber(correlation, 2)),
              },
              {
                key: 'effect',
                header: t('power.effect'),
                numeric: true,
                cell: ({ design_effect }) => (design_effect === null ? '–' : formatNumber(design_effect, 2)),
              },
              { key: 'more', header: t('power.more'), numeric: true, cell: ({ more }) => formatNumber(more) },
              { key: 'needed', header: t('power.needed'), numeric: true, cell: ({ needed }) => formatNumber(needed) },
            ]}
          />
        </>
      )}
    </>
  );
}
