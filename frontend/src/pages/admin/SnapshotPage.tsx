/** One snapshot: what it holds, what was left out and why, and its records as they stand in the file. */
import { Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { pagedQuery } from '@/api/paged';
import type { Schema } from '@/api/schemas';
import { snapshotFile, snapshotQuery, type Snapshot } from '@/api/snapshots';
import { withFilters } from '@/app/filters';
import { formatNumber } from '@/app/format';
import { paths } from '@/app/paths';
import { useUser } from '@/app/session';
import { BarList, type Bar } from '@/components/BarList';
import { Facts } from '@/components/Facts';
import { Page, Section } from '@/components/Page';
import { EmptyState, ErrorState, LoadingState } from '@/components/states';
import { Time } from '@/components/Time';
import { useLabels } from '../research/labels';
import { writeRecipe } from '../research/snapshots/recipe';
import { RecipeWords } from '../research/snapshots/RecipeWords';
import { WithoutPanel } from '../research/snapshots/WithoutPanel';
import { formatBytes } from './format';
import { SnapshotFormats } from './SnapshotFormats';
import { SnapshotRecall } from './SnapshotRecall';
import classes from './Admin.module.css';

export function SnapshotPage(): ReactNode {
  const { t } = useTranslation('admin');
  const { snapshot: id = '' } = useParams();
  const snapshot = useQuery(snapshotQuery(id));
  if (!snapshot.data) {
    return (
      <Page title={t('snapshots.one')}>
        {snapshot.error ? <ErrorState error={snapshot.error} onRetry={() => void snapshot.refetch()} /> : <LoadingState />}
      </Page>
    );
  }
  return <Content snapshot={snapshot.data} />;
}

function Content({ snapshot }: { snapshot: Snapshot }): ReactNode {
  const { t } = useTranslation('admin');
  const { t: recipes } = useTranslation('snapshots');
  const [without, setWithout] = useState(false);
  const labels = useLabels();
  const { role } = useUser();
  const { counts } = snapshot;
  const lists = [
    { name: 'split', counts: counts.by_split, label: labels.split },
    { name: 'use_case', counts: counts.by_use_case, label: (key: string) => labels.useCase(key === 'none' ? '' : key) },
    { name: 'labeler', counts: counts.by_labeler, label: (key: string) => key },
    { name: 'left_out', counts: counts.left_out, label: (key: string) => key.replaceAll('_', ' ') },
  ] as const;
  // What only some recipes ask for.
  const further = [
    { label: recipes('page.groups'), bars: barsOf(counts.by_group) },
    { label: recipes('page.weights'), bars: barsOf(counts.weights) },
  ];
  const launch = snapshot.kind === 'demonstrations' ? 'sft' : snapshot.kind === 'comparisons' ? 'rm' : 'sample';
  return (
    <Page
      title={snapshot.name}
      trail={[{ label: t('snapshots.title'), to: paths.snapshots() }]}
      actions={
        <>
          {!snapshot.purged_at && (
            <Button component="a" href={snapshotFile(snapshot.id)} variant="default" download>
              {t('snapshots.download')}
            </Button>
          )}
          <Button component={Link} to={paths.snapshotDiff(snapshot.id)} variant="default">
            {recipes('page.compare')}
          </Button>
          {Object.keys(counts.by_labeler).length > 0 && (
            <Button variant="default" onClick={() => setWithout(true)}>
              {recipes('without.open')}
            </Button>
          )}
          <Button
            component={Link}
            to={withFilters(paths.newSnapshot(), {
              project: snapshot.project,
              kind: snapshot.kind,
              recipe: writeRecipe(snapshot.recipe),
            })}
            variant="default"
          >
            {t('snapshots.again')}
          </Button>
          {role === 'admin' && !snapshot.purged_at && (
            <Button
              component={Link}
              to={withFilters(paths.newRun(), {
                kind: launch,
                project: snapshot.project,
                [snapshot.kind === 'prompts' ? 'input.prompts' : 'input.data']: snapshot.id,
              })}
            >
              {t(`snapshots.launch.${launch}`)}
            </Button>
          )}
        </>
      }
    >
      <SnapshotRecall snapshot={snapshot} />
      {without && <WithoutPanel snapshot={snapshot} onCancel={() => setWithout(false)} />}
      <Facts
        facts={[
          { label: t('kind'), value: t(`snapshotKind.${snapshot.kind}`) },
          { label: t('snapshots.records'), value: formatNumber(counts.records) },
          { label: t('snapshots.prompts'), value: formatNumber(counts.prompts) },
          { label: t('size'), value: formatBytes(snapshot.bytes) },
          { label: t('made'), value: <Time at={snapshot.created_at} /> },
          { label: t('by'), value: snapshot.created_by ?? '–' },
        ]}
      />
      <Text fw={600} mt="md">
        {t('snapshots.recipe')}
      </Text>
      <RecipeWords recipe={snapshot.recipe} />
      <Text mt="sm" c="dimmed" size="xs" className={classes.break}>
        {t('snapshots.sha', { sha256: snapshot.sha256 })}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="xl" mt="lg">
        {lists.map((list) => (
          <div key={list.name}>
            <Text fw={600} mb={4}>
              {t(`snapshots.by.${list.name}`)}
            </Text>
            {Object.keys(list.counts).length === 0 ? (
              <Text c="dimmed">{t('snapshots.nothing')}</Text>
            ) : (
              <BarList
                label={t(`snapshots.by.${list.name}`)}
                bars={Object.entries(list.counts).map(([key, count]) => ({ key, label: list.label(key), count }))}
              />
            )}
          </div>
        ))}
      </SimpleGrid>
      {!snapshot.purged_at && <SnapshotFormats snapshot={snapshot} />}
      {further.some((list) => list.bars.length > 0) && (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xl" mt="lg">
          {further
            .filter((list) => list.bars.length > 0)
            .map((list) => (
              <div key={list.label}>
                <Text fw={600} mb={4}>
                  {list.label}
                </Text>
                <BarList label={list.label} bars={list.bars} />
              </div>
            ))}
        </SimpleGrid>
      )}
      <Records snapshot={snapshot} />
    </Page>
  );
}

function barsOf(counts: Record<string, number> = {}): Bar[] {
  return Object.entries(counts).map(([key, count]) => ({ key, label: key, count }));
}

function Records({ snapshot }: { snapshot: Snapshot }): ReactNode {
  const { t } = useTranslation('admin');
  const { t: common } = useTranslation();
  const { t: recipes } = useTranslation('snapshots');
  const records = useInfiniteQuery(pagedQuery<Schema<'SnapshotRecord'>>(`/snapshots/${snapshot.id}/records`));
  const rows = records.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Section title={t('snapshots.preview')}>
      {records.error && !records.data ? (
        <ErrorState error={records.error} onRetry={() => void records.refetch()} />
      ) : !records.data ? (
        <LoadingState />
      ) : rows.length === 0 ? (
        <EmptyState title={t('snapshots.noRecords')} text={t('snapshots.noRecordsText')} />
      ) : (
        <Stack gap="xs">
          {rows.map((row) => (
            <details key={row.line} className={classes.record}>
              <summary>
                <span className={classes.quiet}>{row.line}</span> {firstWords(row.record)}
              </summary>
              <Link to={paths.snapshotRecord(snapshot.id, row.line)}>{recipes('page.lineage')}</Link>
              <pre tabIndex={0}>{JSON.stringify(row.record, null, 2)}</pre>
            </details>
          ))}
        </Stack>
      )}
      {records.hasNextPage && (
        <Group mt="sm">
          <Button variant="default" loading={records.isFetchingNextPage} onClick={() => void records.fetchNextPage()}>
            {common('list.more')}
          </Button>
        </Group>
      )}
    </Section>
  );
}

/** How a record's prompt begins. */
function firstWords(record: unknown): string {
  const { messages } = (record ?? {}) as { messages?: { content?: string }[] };
  const text = messages?.at(-1)?.content ?? JSON.stringify(record);
  return text.length > 110 ? `${text.slice(0, 110)}…` : text;
}
