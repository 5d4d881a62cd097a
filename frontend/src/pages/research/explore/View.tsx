/** One view: what it says in a sentence, and each of its tables with its chart, its figures, and the file of them. */
import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { downloadUrl } from '@/api/client';
import { exploreQuery, type ExploreRow, type ExploreTable } from '@/api/explore';
import { withFilters } from '@/app/filters';
import { formatNumber } from '@/app/format';
import { DataTable } from '@/components/DataTable';
import { Section } from '@/components/Page';
import { EmptyState, ErrorState, LoadingState } from '@/components/states';
import { ends } from '../agreement/ends';
import { EstimateCell } from '../agreement/EstimateCell';
import { cell, statisticsOf } from '../agreement/estimates';
import { SampleNote } from '../agreement/SampleNote';
import { Label } from '../agreement/TableView';
import { itemsLink } from '../items/itemsLink';
import { sentence } from './sentence';
import { chanceOf, DRAWN, labelOf, type ViewName } from './tables';

const IntervalChart = lazy(async () => ({ default: (await import('../agreement/IntervalChart')).IntervalChart }));
const ControlChart = lazy(async () => ({ default: (await import('./ControlChart')).ControlChart }));
const Histogram = lazy(async () => ({ default: (await import('./Histogram')).Histogram }));

/** Rows that are drawn. */
const CHARTED = 40;

export function View({ project, view }: { project: string; view: ViewName }): ReactNode {
  const { t } = useTranslation('explore');
  const found = useQuery(exploreQuery(project, view));
  if (!found.data) {
    return found.error ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : <LoadingState />;
  }
  const tables = found.data.tables.filter((table) => table.rows.length > 0);
  return (
    <>
      <Text c="dimmed" mb="md" maw="44rem">
        {t(`about.${view}`)}
      </Text>
      <SampleNote sample={found.data} />
      {tables.length === 0 ? (
        <EmptyState title={t('explore.emptyTitle')} text={t(`empty.${view}`)} />
      ) : (
        <>
          <Text size="lg" my="md" maw="44rem">
            {sentence(view, tables, t)}
          </Text>
          <Button
            component="a"
            href={downloadUrl(withFilters(`/projects/${project}/explore/csv`, { view }))}
            variant="default"
            download
          >
            {t('explore.file')}
          </Button>
          {tables.map((table) => (
            <TableOf key={table.name} project={project} view={view} table={table} />
          ))}
        </>
      )}
    </>
  );
}

interface TableProps {
  project: string;
  view: ViewName;
  table: ExploreTable;
}

function TableOf({ project, view, table }: TableProps): ReactNode {
  const { t } = useTranslation('explore');
  const link = (row: ExploreRow): string | null => (Object.keys(row.items).length ? itemsLink(project, row.items) : null);
  const label = (row: ExploreRow): string => labelOf(table.name, row, t);
  const outside = table.rows.some((row) => row.outside);
  const title = t(`table.${table.name as 'all'}`);
  return (
    <Section title={title}>
      <ChartOf view={view} table={table} label={label} link={link} />
      <DataTable
        label={title}
        rows={table.rows}
        rowKey={(row) => row.key}
        empty={null}
        columns={[
          { key: 'label', header: title, cell: (row) => <Label text={label(row)} to={link(row)} /> },
          ...statisticsOf(table.rows).map((name) => ({
            key: name,
            header: t(`column.${name as 'first'}`),
            numeric: true,
            cell: ({ estimates: { [name]: found } }: ExploreRow) => <EstimateCell text={cell(name, found)} estimate={found} />,
          })),
          ...(outside
            ? [{ key: 'outside', header: t('column.outside'), cell: (row: ExploreRow) => (row.outside ? t('explore.outside') : '') }]
            : []),
        ]}
      />
    </Section>
  );
}

interface ChartProps {
  view: ViewName;
  table: ExploreTable;
  label: (row: ExploreRow) => string;
  link: (row: ExploreRow) => string | null;
}

function ChartOf({ view, table, label, link }: ChartProps): ReactNode {
  const { t } = useTranslation('explore');
  const statistic = DRAWN[`${view}.${table.name}`];
  const known = table.rows.filter((row) => statistic && typeof row.estimates[statistic]?.value === 'number');
  if (!statistic || known.length === 0) return null;
  const ordered = table.name === 'labeler' ? byValue(known, statistic) : known;
  const shown = table.name === 'week' ? ordered : ends(ordered, CHARTED);
  const labels = shown.map(label);
  const links = shown.map(link);
  return (
    <Suspense fallback={<LoadingState />}>
      {table.name === 'week' ? (
        <ControlChart rows={shown} labels={labels} links={links} />
      ) : view === 'divided' ? (
        <Histogram rows={shown} labels={labels} links={links} />
      ) : (
        <IntervalChart rows={shown} labels={labels} statistic={statistic} links={links} chance={chanceOf(shown, statistic)} />
      )}
      {shown.length < known.length && (
        <Text c="dimmed" size="xs" mb="sm">
          {t('explore.ends', { shown: formatNumber(shown.length), all: formatNumber(known.length) })}
        </Text>
      )}
    </Suspense>
  );
}

function byValue(rows: readonly ExploreRow[], statistic: string): ExploreRow[] {
  return [...rows].sort((one, other) => (other.estimates[statistic]?.value ?? 0) - (one.estimates[statistic]?.value ?? 0));
}
