/** Snapshots: accepted work, frozen for training; and freezing what is accepted now. */
import { Button, Group, SimpleGrid, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { pagedQuery } from '@/api/paged';
import { projectsQuery } from '@/api/projects';
import { SNAPSHOT_KINDS } from '@/api/schemas';
import { freezeSnapshot, type Snapshot } from '@/api/snapshots';
import { useFilters } from '@/app/filters';
import { formatNumber } from '@/app/format';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { Choice } from '@/components/Choice';
import { PagedTable } from '@/components/DataTable';
import { Key } from '@/components/Key';
import { Page } from '@/components/Page';
import { Panel } from '@/components/Panel';
import { EmptyState, ErrorText, Notice } from '@/components/states';
import { Time } from '@/components/Time';

export function SnapshotsPage(): ReactNode {
  const { t } = useTranslation('admin');
  const [filters, setFilter] = useFilters(['project', 'kind']);
  const [freezing, setFreezing] = useState(false);
  const projects = useQuery(projectsQuery);
  const names = new Map(projects.data?.results.map((project) => [project.id, project.name]));
  const snapshots = useInfiniteQuery(pagedQuery<Snapshot>('/snapshots', filters));
  useKeys([{ keys: 'f', label: t('snapshots.freeze'), group: t('snapshots.title'), run: () => setFreezing(true) }]);
  return (
    <Page
      title={t('snapshots.title')}
      intro={t('snapshots.intro')}
      actions={
        <Button onClick={() => setFreezing(true)} rightSection={<Key keys="f" />} aria-keyshortcuts="F">
          {t('snapshots.freeze')}
        </Button>
      }
    >
      {freezing && <Freeze project={filters.project} onCancel={() => setFreezing(false)} />}
      <Group align="flex-end" gap="sm" mb="md" role="search" aria-label={t('filters')}>
        <Choice
          label={t('project')}
          value={filters.project}
          onChange={(value) => setFilter('project', value)}
          options={(projects.data?.results ?? []).map((project) => ({ value: project.id, label: project.name }))}
          none={t('all')}
        />
        <Choice
          label={t('kind')}
          value={filters.kind}
          onChange={(value) => setFilter('kind', value)}
          options={SNAPSHOT_KINDS.map((value) => ({ value, label: t(`snapshotKind.${value}`) }))}
          none={t('all')}
        />
      </Group>
      <PagedTable
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
          { key: 'made', header: t('made'), cell: (snapshot) => <Time at={snapshot.created_at} /> },
        ]}
      />
    </Page>
  );
}

function Freeze({ project: first, onCancel }: { project: string; onCancel: () => void }): ReactNode {
  const { t } = useTranslation('admin');
  const { t: common } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const projects = useQuery(projectsQuery);
  const [form, setForm] = useState({ project: first, kind: 'demonstrations' as Snapshot['kind'], name: '' });
  const project = form.project || projects.data?.results[0]?.id || '';
  const freezing = useMutation({
    mutationFn: () => freezeSnapshot({ ...form, project, name: form.name.trim() }),
    onSuccess: (snapshot) => {
      void queries.invalidateQueries({ queryKey: ['list', '/snapshots'] });
      void navigate(paths.snapshot(snapshot.id));
    },
  });
  useKeys([{ keys: 'Escape', label: common('cancel'), group: t('snapshots.title'), run: onCancel }]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    freezing.mutate();
  };
  return (
    <Panel title={t('snapshots.freezeTitle')}>
      <form onSubmit={submit}>
        <SimpleGrid cols={{ base: 1, xs: 3 }} mb="md">
          <Choice
            label={t('project')}
            value={project}
            onChange={(value) => setForm({ ...form, project: value })}
            options={(projects.data?.results ?? []).map((one) => ({ value: one.id, label: one.name }))}
          />
          <Choice
            label={t('snapshots.what')}
            value={form.kind}
            onChange={(value) => setForm({ ...form, kind: value as Snapshot['kind'] })}
            options={SNAPSHOT_KINDS.map((value) => ({ value, label: t(`snapshotKind.${value}`) }))}
          />
          <TextInput
            label={t('name')}
            placeholder={t('optional')}
            value={form.name}
            onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
            maxLength={120}
          />
        </SimpleGrid>
        {freezing.error && (
          <Notice tone="bad" role="alert">
            <ErrorText error={freezing.error} />
          </Notice>
        )}
        <Group mt="sm">
          <Button type="submit" loading={freezing.isPending} disabled={!project}>
            {t('snapshots.freezeSubmit')}
          </Button>
          <Button variant="default" onClick={onCancel} rightSection={<Key keys="Escape" />}>
            {common('cancel')}
          </Button>
        </Group>
      </form>
    </Panel>
  );
}
