/** Asking about the task in hand, beside it: the task, its draft and its hold stay as they are. */
import { Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { askQuestion, questionsOnQuery, threadQuery } from '@/api/questions';
import { useKeys } from '@/app/keys';
import { CloseButton } from '@/components/CloseButton';
import { ErrorState, LoadingState, Notice } from '@/components/states';
import { MessageForm } from './MessageForm';
import classes from './questions.module.css';
import { OwnThread } from './OwnThread';

export function QuestionPanel({ assignment, onClose }: { assignment: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation('questions');
  const queries = useQueryClient();
  const asked = useQuery(questionsOnQuery(assignment));
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.querySelector<HTMLElement>('textarea')?.focus(), []);
  useKeys([{ keys: 'Escape', label: t('panel.close'), group: t('panel.title'), run: onClose }]);
  const lines = asked.data?.results ?? [];
  return (
    <aside ref={panel} className={classes.panel} aria-label={t('panel.title')} tabIndex={0}>
      <div className={classes.title}>
        <Text fw={600}>{t('panel.title')}</Text>
        <CloseButton onClick={onClose} label={t('panel.close')} />
      </div>
      <MessageForm
        place={assignment}
        label={t('panel.question')}
        help={t('panel.help')}
        action={t('panel.ask')}
        send={(message) => askQuestion(assignment, message)}
        onSent={(thread) => {
          queries.setQueryData(threadQuery(thread.id).queryKey, thread);
          void queries.invalidateQueries({ queryKey: ['questions'] });
        }}
      />
      {asked.error && !asked.data && <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />}
      {asked.isPending && <LoadingState />}
      {lines.length > 0 && (
        <>
          <Notice tone="good" role="status">
            {t('panel.asked')}
          </Notice>
          <Text fw={600} mt="md" mb="xs">
            {t('panel.own')}
          </Text>
          {lines.map((line) => (
            <div key={line.id} className={classes.thread}>
              <OwnThread id={line.id} />
            </div>
          ))}
        </>
      )}
    </aside>
  );
}
