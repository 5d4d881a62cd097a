/** Training runs, newest first. */
import { Button, Checkbox } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { pagedQuery } from '@/api/paged';
import { healthQuery } from '@/api/people';
import { isLive, type Run } from '@/api/runs';
import { RUN_KINDS, RUN_STATUSES } from '@/api/schemas';
import { useFilters } from '@/app/filters';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { useUser } from '@/app/session';
import { FilterChoice } from '@/components/FilterChoice';
import { FilteredTable } from '@/components/FilteredTable';
import { Key } from '@/components/Key';
import { Page } from '@/components/Page';
import { Plain } from '@/components/Plain';
import { ProjectFilter } from '@/components/ProjectFilter';
import { ShortId } from '@/components/ShortId';
import { EmptyState, Notice } from '@/components/states';
import { Time } from '@/components/Time';
import { MOST_COMPARED } from './compare/differences';
import { RunStatus, RunSteps } from './RunStatus';

export function RunsPage(): ReactNode {
  const { t } = useTranslation('admin');
  const { role } = useUser();
  const navigate = useNavigate();
  const filtering = useFilters(['project', 'kind', 'status', 'chain']);
  const [filters, setFilter] = filtering;
  const [compared, setCompared] = useState<readonly string[]>([]);
  const compare = (run: string, wanted: boolean): void =>
    setCompared((before) => [...before.filter((other) => other !== run), ...(wanted ? [run] : [])]);
  const runs = useInfiniteQuery({
    ...pagedQuery<Run>('/runs', filters),
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.results.some((run) => isLive(run.status))) ? 3000 : 30_000,
  });
  const admin = role === 'admin';
  useKeys([
    { keys: 'n', label: t('runs.new'), group: t('runs.title'), run: () => void navigate(paths.newRun()), when: admin },
    { keys: 'c', label: t('chain.title'), group: t('runs.title'), run: () => void navigate(paths.newChain()), when: admin },
  ]);
  return (
    <Page
      wide
      title={t('runs.title')}
      intro={t('runs.intro')}
      actions={
        admin && (
          <>
            <Button component={Link} to={paths.newRun()} variant="default" rightSection={<Key keys="n" />}>
              {t('runs.new')}
            </Button>
            <Button component={Link} to={paths.newChain()} rightSection={<Key keys="c" />}>
              {t('chain.title')}
            </Button>
          </>
        )
      }
    >
      <NoWorker />
      <FilteredTable
        filters={filtering}
        fields={
          <>
            <ProjectFilter value={filters.project} onChange={(value) => setFilter('project', value)} />
            <FilterChoice
              label={t('kind')}
              value={filters.kind}
              onChange={(value) => setFilter('kind', value)}
              values={RUN_KINDS}
              named={(kind) => t(`runKind.${kind}`)}
            />
            <FilterChoice
              label={t('status')}
              value={filters.status}
              onChange={(value) => setFilter('status', value)}
              values={RUN_STATUSES}
              named={(status) => t(`runStatus.${status}`)}
            />
            <Button
              component={Link}
              to={compared.length > 1 ? paths.compareRuns(compared) : ''}
              variant="default"
              data-disabled={compared.length < 2 || undefined}
              aria-disabled={compared.length < 2}
              onClick={(event) => {
                if (compared.length < 2) event.preventDefault();
              }}
            >
              {t('compare.these', { count: compared.length })}
            </Button>
            {filters.chain && (
              <Button variant="default" onClick={() => setFilter('chain', '')}>
                {t('runs.leaveChain')}
              </Button>
            )}
          </>
        }
        query={runs}
        label={t('runs.title')}
        rowKey={(run) => run.id}
        empty={
          <EmptyState title={t('runs.emptyTitle')} text={t(admin ? 'runs.emptyText' : 'runs.emptyTextResearcher')}>
            {admin && (
              <Button component={Link} to={paths.newChain()}>
                {t('chain.title')}
              </Button>
            )}
          </EmptyState>
        }
        columns={[
          {
            key: 'compare',
            header: t('compare.one'),
            cell: (run) => (
              <Checkbox
                aria-label={t('compare.run', { name: run.name })}
                checked={compared.includes(run.id)}
                disabled={!compared.includes(run.id) && compared.length >= MOST_COMPARED}
                onChange={(event) => compare(run.id, event.currentTarget.checked)}
              />
            ),
          },
          { key: 'name', header: t('name'), cell: (run) => <Link to={paths.run(run.id)}>{run.name}</Link> },
          { key: 'kind', header: t('kind'), cell: (run) => t(`runKind.${run.kind}`) },
          { key: 'status', header: t('status'), cell: (run) => <RunStatus run={run} /> },
          { key: 'steps', header: t('runs.step'), numeric: true, cell: (run) => <RunSteps run={run} /> },
          { key: 'preset', header: t('runs.preset'), cell: (run) => run.preset },
          { key: 'seed', header: t('runs.seed'), numeric: true, cell: (run) => run.seed },
          {
            key: 'chain',
            header: t('runs.chain'),
            cell: (run) => (run.chain ? <ShortId id={run.chain} /> : null),
          },
          { key: 'made', header: t('made'), cell: (run) => <Time at={run.created_at} /> },
        ]}
      />
    </Page>
  );
}

/** Runs that nobody would take up are said so where they are looked for. */
export function NoWorker(): ReactNode {
  const { t } = useTranslation('admin');
  const health = useQuery(healthQuery);
  if (!health.data || health.data.workers > 0) return null;
  return (
    <Notice tone="warn" role="status">
      {t('health.noWorker')} <Plain text={t('health.noWorkerHelp')} />
    </Notice>
  );
}
