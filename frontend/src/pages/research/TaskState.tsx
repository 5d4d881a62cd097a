/** Whether labelers get this task, and the way to change that before its batch is decided. */
import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { batchQuery, type Batch, type Item } from '@/api/collection';
import { reopenTask, withdrawTask } from '@/api/review';
import { ErrorText, Notice } from '@/components/states';
import { TaskHolds } from './TaskHolds';

export function TaskState({ item, batch }: { item: Item; batch: Batch }): ReactNode {
  const { t } = useTranslation('research');
  const queries = useQueryClient();
  const deciding = useMutation({
    mutationFn: (deed: typeof reopenTask) => deed(item.task),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: batchQuery(batch.id).queryKey });
      void queries.invalidateQueries({ queryKey: ['list', `/batches/${batch.id}/items`] });
    },
  });
  const open = item.status === 'open';
  const may = !batch.imported && batch.status !== 'accepted' && batch.status !== 'withdrawn';
  // Checks are answered by everybody for themselves.
  const worked = may && batch.purpose === 'work' && batch.status !== 'in_review';
  const button = (deed: typeof reopenTask, label: string): ReactNode =>
    may && (
      <Button size="compact-xs" variant="default" loading={deciding.isPending} onClick={() => deciding.mutate(deed)}>
        {label}
      </Button>
    );
  return (
    <>
      {!open && (
        <Notice tone="warn">
          {t(item.status === 'held' ? 'review.held' : 'review.withdrawn')} {button(reopenTask, t('review.reopen'))}{' '}
          {item.status === 'held' && button(withdrawTask, t('review.withdraw'))}
        </Notice>
      )}
      {deciding.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={deciding.error} />
        </Notice>
      )}
      <Group gap="xs" mb="xs">
        {open && item.judgments.length < item.overlap && button(withdrawTask, t('review.withdraw'))}
        {worked && <TaskHolds key={item.task} task={item.task} />}
      </Group>
    </>
  );
}
