/** One of one's own questions with its answers. That it was looked at is told to the server, so home tells it no more. */
import { Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { markRead, threadQuery } from '@/api/questions';
import { homeQuery } from '@/api/work';
import { ErrorState, LoadingState, Notice } from '@/components/states';
import { Messages } from './Messages';

export function OwnThread({ id }: { id: string }): ReactNode {
  const { t } = useTranslation('questions');
  const queries = useQueryClient();
  const thread = useQuery(threadQuery(id));
  const answered = thread.data?.messages.at(-1)?.by === 'researcher' && thread.data.is_asker;
  useEffect(() => {
    if (!answered) return;
    markRead(id)
      .then(() => queries.invalidateQueries({ queryKey: homeQuery.queryKey }))
      .catch(() => undefined); // It is told once more on home, and marked then.
  }, [answered, id, queries]);
  if (!thread.data) {
    return thread.error ? <ErrorState error={thread.error} onRetry={() => void thread.refetch()} /> : <LoadingState />;
  }
  return (
    <>
      <Messages thread={thread.data} />
      {thread.data.waits_since && <Text c="dimmed">{t('thread.waits')}</Text>}
      {thread.data.guideline_version !== null && (
        <Notice tone="info">{t('thread.promoted', { version: thread.data.guideline_version })}</Notice>
      )}
    </>
  );
}
