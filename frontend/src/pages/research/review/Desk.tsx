/** Going through a queue by keys: the riskiest item first, a verdict on each of its judgments, and on to the next. */
import { Button, Group, Text } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { deskItemQuery, queueQuery, type QueueOf } from '@/api/desk';
import { useFilters } from '@/app/filters';
import { formatNumber } from '@/app/format';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { FilterError } from '@/components/FilterError';
import { Key } from '@/components/Key';
import { EmptyState, LoadingState, Notice } from '@/components/states';
import { AtItem } from './AtItem';
import classes from './Desk.module.css';
import { QueueFilters } from './QueueFilters';
import { toDecide } from './toDecide';
import { useVerdicts, type Verdicts } from './useVerdicts';

export function Desk({ of }: { of: QueueOf }): ReactNode {
  const { t } = useTranslation('desk');
  const queries = useQueryClient();
  const [filters, setFilter] = useFilters(['signal', 'labeler', 'plan', 'item']);
  const [, setSearch] = useSearchParams();
  const wanted = { signal: filters.signal, labeler: filters.labeler, plan: filters.plan };
  const queue = useInfiniteQuery(queueQuery(of, wanted));
  const rows = queue.data?.pages.flatMap((page) => page.results) ?? [];
  const first = rows.find((row) => row.looking.length === 0) ?? rows[0];
  const at = filters.item || first?.task || '';
  const index = rows.findIndex((row) => row.task === at);
  const row = rows[index];
  const following = rows[index + 1]?.task;
  const [ended, setEnded] = useState(false);
  const [focus, setFocus] = useState('');
  const [notice, setNotice] = useState('');
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = queue;
  useEffect(() => {
    if (index >= rows.length - 5 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [index, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  useEffect(() => {
    if (following) void queries.prefetchQuery({ ...deskItemQuery(following), staleTime: 10_000 });
  }, [following, queries]);
  const goTo = (task: string | undefined, judgment = ''): void => {
    setEnded(task === undefined);
    setFocus(judgment);
    if (task === undefined || task === at) return;
    setFilter('item', task);
    window.scrollTo({ top: 0 });
  };
  const verdicts: Verdicts = useVerdicts({
    onGiven: ({ task }) => {
      setNotice('');
      const left = toDecide(queries.getQueryData(deskItemQuery(task).queryKey), verdicts);
      goTo(left ? task : following, left?.judgment);
    },
    onUndone: ({ task, judgment }) => {
      setNotice(t('undone'));
      goTo(task, judgment);
    },
    onConflict: (code, detail) => {
      setFocus('');
      setNotice(code === 'not_current' ? t('conflict.not_current') : t('conflict.verdict_given', { detail }));
    },
  });
  const again = (): void => {
    setEnded(false);
    setFocus('');
    setFilter('item', '');
    void queries.resetQueries({ queryKey: ['desk', 'queue'] });
  };
  const move = (task: string | undefined): void => {
    setNotice('');
    verdicts.forget();
    goTo(task);
  };
  const filter = (name: string, value: string): void => {
    setEnded(false);
    setFocus('');
    setSearch(value ? { ...nonEmpty(wanted), [name]: value } : nonEmpty({ ...wanted, [name]: '' }), { replace: true });
    // So that keys are heard again.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  };
  const through = ended || !at;
  const group = t('group');
  useKeys([
    { keys: ['j', 'ArrowRight'], label: t('key.next'), group, run: () => move(following), when: !through },
    {
      keys: ['k', 'ArrowLeft'],
      label: t('key.previous'),
      group,
      run: () => move(ended ? at : rows[index - 1]?.task),
      when: ended || index > 0,
    },
    { keys: 'u', label: t('key.undo'), group, run: () => verdicts.undo?.(), when: verdicts.undo !== undefined },
    { keys: 'g', label: t('queue.again'), group, run: again, when: through },
  ]);
  if (queue.error && !queue.data) return <FilterError error={queue.error} onRetry={() => void queue.refetch()} />;
  if (!queue.data) return <LoadingState />;
  return (
    <>
      <div className={classes.bar}>
        <Text component="span" role="status" fw={600}>
          {!through && row && t('queue.of', { position: index + 1, all: formatNumber(rows.length) + (hasNextPage ? '+' : '') })}
        </Text>
        {!through && row && (
          <span className={classes.quiet}>{t('queue.points', { points: formatNumber(row.score, 1) })}</span>
        )}
        {!through && row && 'project' in of && <Link to={paths.batch(row.batch)}>{row.batch_name}</Link>}
        <span className={classes.spring} />
        <QueueFilters
          filters={wanted}
          batch={'batch' in of ? of.batch : null}
          onChange={filter}
        />
      </div>
      {notice && (
        <Notice tone="info" role="status">
          {notice}
        </Notice>
      )}
      {through ? (
        <EmptyState title={t(ended ? 'queue.done' : 'queue.empty')} text={t(ended ? 'queue.doneText' : 'queue.emptyText')}>
          <Group gap="xs">
            <Button onClick={again} rightSection={<Key keys="g" />}>
              {t('queue.again')}
            </Button>
            {verdicts.undo && (
              <Button variant="default" onClick={verdicts.undo} rightSection={<Key keys="u" />}>
                {t('key.undo')}
              </Button>
            )}
            {'batch' in of && (
              <Button component={Link} to={paths.batch(of.batch)} variant="default">
                {t('queue.toBatch')}
              </Button>
            )}
          </Group>
        </EmptyState>
      ) : (
        <AtItem key={at} task={at} focus={focus} verdicts={verdicts} onFocus={setFocus} onNext={() => move(following)} />
      )}
    </>
  );
}

function nonEmpty(filters: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''));
}
