/** What changes from one snapshot to another: the recipe, the counts, and the records to look at. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { pagedQuery } from '@/api/paged';
import { DIFFERENCES, diffQuery, type Difference, type SnapshotDiff } from '@/api/snapshotDiff';
import { snapshotQuery, type Snapshot } from '@/api/snapshots';
import { useFilters } from '@/app/filters';
import { formatNumber } from '@/app/format';
import { paths } from '@/app/paths';
import { Choice } from '@/components/Choice';
import { DataTable } from '@/components/DataTable';
import { Facts } from '@/components/Facts';
import { FilterError } from '@/components/FilterError';
import { Page, Section } from '@/components/Page';
import { EmptyState, ErrorState, LoadingState } from '@/components/states';
import { useLabels } from '../labels';
import { RecipeWords } from './RecipeWords';
import classes from './Snapshots.module.css';

export function DiffPage(): ReactNode {
  const { t } = useTranslation('snapshots');
  const { t: admin } = useTranslation('admin');
  const { snapshot: id = '' } = useParams();
  const [{ against, saying }, setFilter] = useFilters(['against', 'saying']);
  const snapshot = useQuery(snapshotQuery(id));
  const others = useInfiniteQuery({
    ...pagedQuery<Snapshot>('/snapshots', { project: snapshot.data?.project, kind: snapshot.data?.kind }),
    enabled: Boolean(snapshot.data),
  });
  const diff = useQuery(diffQuery(id, against));
  const error = snapshot.error ?? diff.error;
  const options = (others.data?.pages.flatMap((page) => page.results) ?? []).filter((other) => other.id !== id);
  return (
    <Page
      title={t('diff.title')}
      trail={[
        { label: admin('snapshots.title'), to: paths.snapshots() },
        { label: snapshot.data?.name ?? admin('snapshots.one'), to: paths.snapshot(id) },
      ]}
      intro={t('diff.intro')}
    >
      <Choice
        label={t('diff.against')}
        value={against}
        onChange={(value) => setFilter('against', value)}
        none={t('diff.choose')}
        options={options.map((other) => ({ value: other.id, label: other.name }))}
        maw={480}
        mb="md"
      />
      {error ? (
        <FilterError error={error} onRetry={() => void diff.refetch()} />
      ) : !against ? (
        <EmptyState
          title={t('diff.emptyTitle')}
          text={others.data && options.length === 0 ? t('diff.alone') : t('diff.emptyText')}
        />
      ) : diff.data ? (
        <>
          <Counts diff={diff.data} />
          <Differences id={id} against={against} saying={saying} onSaying={(value) => setFilter('saying', value)} />
        </>
      ) : (
        <LoadingState />
      )}
    </Page>
  );
}

function Counts({ diff }: { diff: SnapshotDiff }): ReactNode {
  const { t } = useTranslation('snapshots');
  const labels = useLabels();
  const tables = [
    { name: 'split', rows: diff.by_split, label: labels.split },
    { name: 'use_case', rows: diff.by_use_case, label: labels.useCase },
    { name: 'labeler', rows: diff.by_labeler, label: (key: string) => key },
  ] as const;
  return (
    <>
      <Facts
        facts={[
          ...DIFFERENCES.map((name) => ({ label: t(`diff.${name}`), value: formatNumber(diff[name]) })),
          { label: t('diff.same'), value: formatNumber(diff.same) },
        ]}
      />
      <Section title={t('diff.recipes')}>
        <div className={classes.pairs}>
          {([diff.before, diff.after] as const).map((snapshot) => (
            <div key={snapshot.id}>
              <Link to={paths.snapshot(snapshot.id)}>{snapshot.name}</Link>
              <RecipeWords recipe={snapshot.recipe} />
            </div>
          ))}
        </div>
        {diff.recipe.length === 0 && <Text c="dimmed">{t('diff.same_recipe')}</Text>}
      </Section>
      {tables
        .filter((table) => Object.keys(table.rows).length > 0)
        .map((table) => (
          <Section key={table.name} title={t(`preview.${table.name}`)}>
            <DataTable
              label={t(`preview.${table.name}`)}
              rows={Object.entries(table.rows)}
              rowKey={([key]) => key}
              empty={null}
              columns={[
                { key: 'key', header: t(`diff.${table.name}`), cell: ([key]) => table.label(key) },
                ...DIFFERENCES.map((name) => ({
                  key: name,
                  header: t(`diff.${name}`),
                  numeric: true,
                  cell: ([, counts]: [string, SnapshotDiff['by_split'][string]]) => formatNumber(counts[name]),
                })),
              ]}
            />
          </Section>
        ))}
    </>
  );
}

interface DifferencesProps {
  id: string;
  against: string;
  saying: string;
  onSaying: (saying: string) => void;
}

function Differences({ id, against, saying, onSaying }: DifferencesProps): ReactNode {
  const { t } = useTranslation('snapshots');
  const { t: common } = useTranslation();
  const found = useInfiniteQuery(pagedQuery<Difference>(`/snapshots/${id}/differences`, { against, saying }));
  const rows = found.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Section title={t('diff.records')}>
      <Choice
        label={t('diff.which')}
        value={saying}
        onChange={onSaying}
        none={t('diff.every')}
        options={DIFFERENCES.map((value) => ({ value, label: t(`diff.${value}`) }))}
        maw={240}
        mb="sm"
      />
      {found.error && !found.data ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data ? (
        <LoadingState />
      ) : rows.length === 0 ? (
        <EmptyState title={t('diff.noneTitle')} text={t('diff.noneText')} />
      ) : (
        <Stack gap="xs">
          {rows.map((row) => (
            <details key={row.record} className={classes.record}>
              <summary>
                <span className={classes.saying}>{t(`diff.one.${row.saying}`)}</span> {wordsOf(row)}
              </summary>
              <div className={classes.pairs}>
                <Side title={t('diff.before')} snapshot={id} line={row.before} record={row.before_record} />
                <Side title={t('diff.after')} snapshot={against} line={row.after} record={row.after_record} />
              </div>
            </details>
          ))}
        </Stack>
      )}
      {found.hasNextPage && (
        <Group mt="sm">
          <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {common('list.more')}
          </Button>
        </Group>
      )}
    </Section>
  );
}

interface SideProps {
  title: string;
  snapshot: string;
  line: number | null;
  record: unknown;
}

function Side({ title, snapshot, line, record }: SideProps): ReactNode {
  const { t } = useTranslation('snapshots');
  return (
    <div>
      <Text fw={600}>{title}</Text>
      {line === null ? (
        <Text c="dimmed">{t('diff.absent')}</Text>
      ) : (
        <>
          <Link to={paths.snapshotRecord(snapshot, line)}>{t('diff.lineage', { line })}</Link>
          <pre tabIndex={0}>{record === null ? t('diff.purged') : JSON.stringify(record, null, 2)}</pre>
        </>
      )}
    </div>
  );
}

/** How the record's prompt begins. */
function wordsOf(row: Difference): string {
  const { messages } = (row.after_record ?? row.before_record ?? {}) as { messages?: { content?: string }[] };
  const text = messages?.at(-1)?.content ?? row.record;
  return text.length > 110 ? `${text.slice(0, 110)}…` : text;
}
