/** Some runs beside each other: how they were launched, their newest values, and each metric in one chart. */
import { useQueries } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { isLive, metricsQuery, runQuery, type Run } from '@/api/runs';
import { useFilters } from '@/app/filters';
import { paths } from '@/app/paths';
import { DataTable } from '@/components/DataTable';
import { Page, Section } from '@/components/Page';
import { EmptyState, ErrorState, LoadingState } from '@/components/states';
import { comparedFamilies } from '../families';
import { formatMetric } from '../format';
import { RunStatus } from '../RunStatus';
import { launchDifferences, namedIn, results, tellApart, type Difference } from './differences';

// The charts' library is half of the site's code, so it is loaded where a chart is.
const FamilyCharts = lazy(async () => ({ default: (await import('../FamilyCharts')).FamilyCharts }));

export function CompareRunsPage(): ReactNode {
  const { t } = useTranslation('admin');
  const [filters] = useFilters(['runs']);
  const ids = namedIn(filters.runs);
  const found = useQueries({ queries: ids.map((id) => runQuery(id)) });
  const failed = found.find((run) => run.error);
  const runs = found.flatMap((run) => (run.data ? [run.data] : []));
  return (
    <Page
      wide
      title={t('compare.title')}
      intro={t('compare.intro')}
      trail={[{ label: t('runs.title'), to: paths.runs() }]}
    >
      {ids.length < 2 ? (
        <EmptyState title={t('compare.few')} text={t('compare.fewText')}>
          <Link to={paths.runs()}>{t('runs.title')}</Link>
        </EmptyState>
      ) : failed ? (
        <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
      ) : runs.length < ids.length ? (
        <LoadingState />
      ) : (
        <Compared runs={runs} />
      )}
    </Page>
  );
}

function Compared({ runs }: { runs: readonly Run[] }): ReactNode {
  const { t } = useTranslation('admin');
  const launched = launchDifferences(runs);
  return (
    <>
      <Section title={t('compare.what')}>
        <Beside label={t('compare.what')} runs={runs} rows={launched} first />
        {launched.length === 0 && <p>{t('compare.same')}</p>}
      </Section>
      <Section title={t('compare.results')}>
        <Beside label={t('compare.results')} runs={runs} rows={results(runs, formatMetric)} />
      </Section>
      <Section title={t('compare.curves')}>
        <Curves runs={runs} />
      </Section>
    </>
  );
}

interface BesideProps {
  label: string;
  runs: readonly Run[];
  rows: readonly Difference[];
  /** Whether kind and status stand above the rows. */
  first?: boolean;
}

/** A column for each run. */
function Beside({ label, runs, rows, first = false }: BesideProps): ReactNode {
  const { t } = useTranslation('admin');
  const names = tellApart(runs);
  const shown: { name: string; cells: ReactNode[] }[] = [
    ...(first
      ? [
          { name: t('name'), cells: runs.map((run) => <Link to={paths.run(run.id)}>{run.name}</Link>) },
          { name: t('kind'), cells: runs.map((run) => t(`runKind.${run.kind}`)) },
          { name: t('status'), cells: runs.map((run) => <RunStatus run={run} />) },
        ]
      : []),
    ...rows.map(({ name, values }) => ({ name: name.replaceAll('_', ' '), cells: values.map((value) => value || '–') })),
  ];
  return (
    <DataTable
      label={label}
      rows={shown}
      rowKey={(row) => row.name}
      empty={null}
      columns={[
        { key: 'name', header: '', cell: (row) => row.name },
        ...names.map((name, place) => ({
          key: name,
          header: name,
          numeric: !first,
          cell: (row: (typeof shown)[number]) => row.cells[place],
        })),
      ]}
    />
  );
}

function Curves({ runs }: { runs: readonly Run[] }): ReactNode {
  const { t } = useTranslation('admin');
  const measured = useQueries({
    queries: runs.map((run) => metricsQuery(run.id, run.attempt, isLive(run.status))),
    combine: (found) => found.map(({ data }) => data),
  });
  const families = useMemo(() => {
    const names = tellApart(runs);
    return comparedFamilies(measured.map((metrics, place) => ({ name: names[place] ?? '', metrics: metrics ?? [] })));
  }, [measured, runs]);
  if (measured.some((metrics) => metrics === undefined)) return <LoadingState />;
  if (families.length === 0) return <EmptyState title={t('runs.noMetrics')} text={t('compare.noCurves')} />;
  return (
    <Suspense fallback={<LoadingState />}>
      <FamilyCharts families={families} />
    </Suspense>
  );
}
