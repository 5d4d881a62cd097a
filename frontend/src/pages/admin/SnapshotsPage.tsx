/** Snapshots: accepted work, frozen for training; and those that a worker freezes now. */
import { Button, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { pagedQuery } from '@/api/paged';
import { projectsQuery } from '@/api/projects';
import { SNAPSHOT_KINDS } from '@/api/schemas';
import { freezesQuery } from '@/api/recipes';
import type { Snapshot } from '@/api/snapshots';
import { useFilters, withFilters } from '@/app/filters';
import { formatNumber } from '@/app/format';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { FilterChoice } from '@/components/FilterChoice';
import { FilteredTable } from '@/components/FilteredTable';
import { Key } from '@/components/Key';
import { Page, Section } from '@/components/Page';
import { ProjectFilter } from '@/components/ProjectFilter';
import { EmptyState } from '@/components/states';
import { Time } from '@/components/Time';
import { RecallStatus } from './RecallStatus';
import { FreezeProgress } from '../research/snapshots/Freezing';

export function SnapshotsPage(): ReactNode {
  const { t } = useTranslation('admin');
  const filtering = useFilters(['project', 'kind']);
  const [filters, setFilter] = filtering;
  const navigate = useNavigate();
  const freeze = withFilters(paths.newSnapshot(), filters);
  const projects = useQuery(projectsQuery);
  const names = new Map(projects.data?.results.map((project) => [project.id, project.name]));
  const snapshots = useInfiniteQuery(pagedQuery<Snapshot>('/snapshots', filters));
  useKeys([{ keys: 'f', label: t('snapshots.freeze'), group: t('snapshots.title'), run: () => void navigate(freeze) }]);
  return (
    <Page
      title={t('snapshots.title')}
      intro={t('snapshots.intro')}
      actions={
        <Button component={Link} to={freeze} rightSection={<Key keys="f" />} aria-keyshortcuts="F">
          {t('snapshots.freeze')}
        </Button>
      }
    >
      <Freezes project={filters.project} />
      <FilteredTable
        filters={filtering}
        fields={
          <>
            <ProjectFilter value={filters.project} onChange={(value) => setFilter('project', value)} />
            <FilterChoice
              label={t('kind')}
              value={filters.kind}
              onChange={(value) => setFilter('kind', value)}
              values={SNAPSHOT_KINDS}
              named={(kind) => t(`snapshotKind.${kind}`)}
            />
          </>
        }
        query={snapshots}
        label={t('snapshots.title')}
        rowKey={(snapshot) => snapshot.id}
        empty={<EmptyState title={t('snapshots.emptyTitle')} text={t('snapshots.emptyText')} />}
        columns={[
          { key: 'name', header: t('name'), cell: (snapshot) => <Link to={paths.snapshot(snapshot.id)}>{snapshot.name}</Link> },
          { key: 'kind', header: t('kind'), cell: (snapshot) => t(`snapshotKind.${snapshot.kind}`) },
          { key: 'project', header: t('project'), cell: (snapshot) => names.get(snapshot.project) ?? '' },
          { key: 'records', header: t('snapshots.records'), numeric: true, cell: (snapshot) => formatNumber(snapshot.counts.records) },
          { key: 'hash', header: t('hash'), cell: (snapshot) => <code title={snapshot.sha256}>{snapshot.sha256.slice(0, 12)}</code> },
          { key: 'state', header: t('status'), cell: (snapshot) => <RecallStatus snapshot={snapshot} /> },
          { key: 'made', header: t('made'), cell: (snapshot) => <Time at={snapshot.created_at} /> },
        ]}
      />
    </Page>
  );
}

/** Freezes that a worker does now, or that failed today. */
function Freezes({ project }: { project: string }): ReactNode {
  const { t } = useTranslation('admin');
  const freezes = useQuery(freezesQuery(project));
  if (!freezes.data?.results.length) return null;
  return (
    <Section title={t('snapshots.freezing')}>
      <Stack gap="sm" mb="md">
        {freezes.data.results.map((freeze) => (
          <div key={freeze.id}>
            <Text fw={600}>{freeze.name || t(`snapshotKind.${freeze.kind}`)}</Text>
            <FreezeProgress freeze={freeze} />
          </div>
        ))}
      </Stack>
    </Section>
  );
}
