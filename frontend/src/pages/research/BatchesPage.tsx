/** Batches of the projects that one leads: what waits for review comes first. */
import { Button, Group } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Batch } from '@/api/collection';
import { pagedQuery } from '@/api/paged';
import { BATCH_STATUSES } from '@/api/schemas';
import { useFilters } from '@/app/filters';
import { paths } from '@/app/paths';
import { PagedTable, type Column } from '@/components/DataTable';
import { FilterChoice } from '@/components/FilterChoice';
import { Page, Section } from '@/components/Page';
import { ProjectFilter } from '@/components/ProjectFilter';
import { EmptyState } from '@/components/states';
import { Time } from '@/components/Time';
import { BatchProgress, BatchStatus } from './BatchStatus';

export function BatchesPage(): ReactNode {
  const { t } = useTranslation('research');
  const [filters, setFilter] = useFilters(['project', 'status']);
  return (
    <Page
      title={t('batches.title')}
      intro={t('batches.intro')}
      wide
      actions={
        filters.project && (
          <Button component={Link} to={paths.publish(filters.project)}>
            {t('publish.title')}
          </Button>
        )
      }
    >
      <Group align="flex-end" gap="sm" mb="md" role="search" aria-label={t('filter.title')}>
        <ProjectFilter value={filters.project} onChange={(value) => setFilter('project', value)} />
        <FilterChoice
          label={t('batches.status')}
          value={filters.status}
          onChange={(value) => setFilter('status', value)}
          values={BATCH_STATUSES}
          named={(status) => t(`status.${status}`)}
        />
      </Group>
      {filters.status ? (
        <Batches project={filters.project} status={filters.status} label={t('batches.title')} />
      ) : (
        <>
          <Section title={t('batches.waiting')}>
            <Batches project={filters.project} status="in_review" label={t('batches.waiting')} />
          </Section>
          <Section title={t('batches.all')}>
            <Batches project={filters.project} status="" label={t('batches.all')} />
          </Section>
        </>
      )}
    </Page>
  );
}

function Batches({ project, status, label }: { project: string; status: string; label: string }): ReactNode {
  const { t } = useTranslation('research');
  const { t: common } = useTranslation();
  const batches = useInfiniteQuery({ ...pagedQuery<Batch>('/batches', { project, status }), refetchInterval: 30_000 });
  const columns: Column<Batch>[] = [
    { key: 'name', header: t('batches.name'), cell: (batch) => <Link to={paths.batch(batch.id)}>{batch.name}</Link> },
    { key: 'kind', header: t('publish.kind'), cell: (batch) => common(`kind.${batch.kind}`) },
    { key: 'status', header: t('batches.status'), cell: (batch) => <BatchStatus batch={batch} /> },
    { key: 'progress', header: t('batches.progress'), cell: (batch) => <BatchProgress batch={batch} /> },
    { key: 'tasks', header: t('batches.tasks'), numeric: true, cell: (batch) => batch.tasks },
    { key: 'overlap', header: t('projects.overlap'), numeric: true, cell: (batch) => batch.overlap },
    { key: 'since', header: t('batches.since'), cell: (batch) => <Time at={batch.decided_at ?? batch.in_review_at ?? batch.created_at} /> },
  ];
  return (
    <PagedTable
      query={batches}
      label={label}
      rowKey={(batch) => batch.id}
      columns={columns}
      empty={
        status === 'in_review' ? (
          <EmptyState title={t('batches.noneWaiting')} text={t('batches.noneWaitingText')} />
        ) : (
          <EmptyState title={t('batches.emptyTitle')} text={t('batches.emptyText')}>
            {project && (
              <Button component={Link} to={paths.publish(project)}>
                {t('publish.title')}
              </Button>
            )}
          </EmptyState>
        )
      }
    />
  );
}
