/** Agreement by one thing: a sentence, a chart, and the table with all figures, which is a file, too. */
import { Button, NativeSelect, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { downloadUrl } from '@/api/client';
import { agreementTableQuery } from '@/api/projects';
import { useFilters, withFilters } from '@/app/filters';
import { formatDay, formatNumber } from '@/app/format';
import { DataTable } from '@/components/DataTable';
import { Section } from '@/components/Page';
import { Segments } from '@/components/Segments';
import { EmptyState, ErrorState, LoadingState } from '@/components/states';
import { itemsLink } from '../items/itemsLink';
import { SampleNote } from './SampleNote';
import classes from './Agreement.module.css';
import { EstimateCell } from './EstimateCell';
import { cell, statisticsOf, write, type Row } from './estimates';
import { itemsBehind } from './itemsBehind';

const IntervalChart = lazy(async () => ({ default: (await import('./IntervalChart')).IntervalChart }));
const LabelerHeatMap = lazy(async () => ({ default: (await import('./LabelerHeatMap')).LabelerHeatMap }));

/** Rows that are drawn, and statistics that have a button each. */
const CHARTED = 40;
/** Labelers of the heat map. */
const MAPPED = 30;
const SIDE_BY_SIDE = 4;

export type By = (typeof BYS)[number];
export const BYS = [
  'labeler', 'pair', 'researchers', 'pool', 'use_case', 'language', 'guideline', 'batch', 'week', 'rating', 'flag', 'reliability',
] as const;

export function TableView({ project, by }: { project: string; by: By }): ReactNode {
  const { t } = useTranslation('agreement');
  const table = useQuery(agreementTableQuery(project, by));
  if (!table.data) {
    return table.error ? <ErrorState error={table.error} onRetry={() => void table.refetch()} /> : <LoadingState />;
  }
  const { rows } = table.data;
  return (
    <>
      <Text c="dimmed" mb="md" maw="44rem">
        {t(`about.${by}`)}
      </Text>
      <SampleNote sample={table.data} />
      {rows.length === 0 ? (
        <EmptyState title={t('say.emptyTitle')} text={t('say.emptyText')} />
      ) : (
        <Figures project={project} by={by} rows={rows} />
      )}
    </>
  );
}

function Figures({ project, by, rows }: { project: string; by: By; rows: readonly Row[] }): ReactNode {
  const { t } = useTranslation('agreement');
  const [filters, setFilter] = useFilters(['statistic']);
  const statistics = statisticsOf(rows);
  const statistic = statistics.includes(filters.statistic) ? filters.statistic : (statistics[0] ?? '');
  const title = (name: string): string => t(`column.${name as 'pairwise'}`);
  const choose = (name: string): void => setFilter('statistic', name === statistics[0] ? '' : name);
  const shown = rows.slice(0, CHARTED);
  const people = new Set(rows.flatMap(({ labels }) => labels)).size;
  const link = (row: Row): string => itemsLink(project, itemsBehind(by, row));
  const label = (row: Row): string => (by === 'week' ? formatDay(row.key) : row.labels.join(', '));
  return (
    <>
      {statistics.length > SIDE_BY_SIDE ? (
        <NativeSelect
          label={t('say.statistic')}
          value={statistic}
          onChange={(event) => choose(event.currentTarget.value)}
          data={statistics.map((name) => ({ value: name, label: title(name) }))}
          maw="20rem"
        />
      ) : (
        <Segments
          label={t('say.statistic')}
          value={statistic}
          onChange={choose}
          options={statistics.map((name) => ({ value: name, label: title(name) }))}
        />
      )}
      <Text size="lg" my="md">
        {sentence(by === 'pair' ? rows : shown, rows.length, statistic, title(statistic), label, t)}
      </Text>
      <Suspense fallback={<LoadingState />}>
        {by === 'pair' ? (
          <figure style={{ margin: 0 }}>
            <figcaption>
              <Text c="dimmed">
                {t('say.heat')} {people > MAPPED && t('say.mapped', { shown: MAPPED, all: formatNumber(people) })}
              </Text>
            </figcaption>
            <div className={classes.scroll} tabIndex={0} role="region" aria-label={t('say.map')}>
              <LabelerHeatMap project={project} rows={rows} statistic={statistic} most={MAPPED} />
            </div>
          </figure>
        ) : (
          rows.some((row) => row.estimates[statistic]?.value !== null) && (
            <IntervalChart rows={shown} labels={shown.map(label)} statistic={statistic} links={shown.map(link)} />
          )
        )}
      </Suspense>
      {by !== 'pair' && rows.length > shown.length && (
        <Text c="dimmed" size="xs">
          {t('say.more', { shown: formatNumber(shown.length), all: formatNumber(rows.length) })}
        </Text>
      )}
      <Section
        title={t('say.table')}
        aside={
          <Button
            component="a"
            href={downloadUrl(withFilters(`/projects/${project}/agreement/table/csv`, { by }))}
            variant="default"
            download
          >
            {t('say.file')}
          </Button>
        }
      >
        <DataTable
          label={t(`by.${by}`)}
          rows={rows}
          rowKey={(row) => row.key}
          empty={null}
          columns={[
            { key: 'label', header: t(`by.${by}`), cell: (row) => <Label text={label(row)} to={link(row)} /> },
            ...statistics.map((name) => ({
              key: name,
              header: title(name),
              numeric: true,
              cell: ({ estimates: { [name]: found } }: Row) => <EstimateCell text={cell(name, found)} estimate={found} />,
            })),
          ]}
        />
      </Section>
    </>
  );
}

/** The name of a row, which leads to the items behind it. */
export function Label({ text, to }: { text: string; to: string | null }): ReactNode {
  return to ? <Link to={to}>{text}</Link> : text;
}

type Translate = ReturnType<typeof useTranslation<'agreement'>>['t'];

/** What the chart shows, in one sentence. */
function sentence(
  rows: readonly Row[], all: number, statistic: string, title: string, label: (row: Row) => string, t: Translate,
): string {
  const known = rows.flatMap((row) => {
    const value = row.estimates[statistic]?.value;
    return typeof value === 'number' ? [{ label: label(row), value }] : [];
  });
  const sorted = known.sort((one, other) => one.value - other.value);
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  if (!lowest || !highest) return t('say.none', { title });
  if (sorted.length === 1) return t('say.one', { title, label: lowest.label, value: write(statistic, lowest.value) });
  const said = {
    title,
    lowest: lowest.label,
    low: write(statistic, lowest.value),
    highest: highest.label,
    high: write(statistic, highest.value),
  };
  return rows.length < all ? t('say.amongDrawn', { shown: formatNumber(rows.length), ...said }) : t('say.among', said);
}
