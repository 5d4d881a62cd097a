/** Published questions and answers on one kind of task, found as one types. */
import { Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answersQuery } from '@/api/questions';
import type { TaskKind } from '@/api/types';
import { Markdown } from '@/components/Markdown';
import { ErrorState, LoadingState } from '@/components/states';
import classes from './questions.module.css';

export function Answers({ project, kind }: { project: string; kind: TaskKind }): ReactNode {
  const { t } = useTranslation('questions');
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 200);
  const answers = useQuery(answersQuery(project, kind, asked));
  const found = answers.data?.results;
  return (
    <>
      <TextInput
        type="search"
        label={t('answers.search')}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        maxLength={200}
      />
      {answers.error && !found && <ErrorState error={answers.error} onRetry={() => void answers.refetch()} />}
      {answers.isPending && <LoadingState />}
      <div role="status" className={found?.length ? 'visually-hidden' : undefined}>
        {found &&
          (found.length ? t('answers.found', { count: found.length }) : t(asked ? 'answers.noneFound' : 'answers.none'))}
      </div>
      <ul className={classes.answers}>
        {found?.map((line) => (
          <li key={line.id}>
            <Text className={classes.asked}>{line.question}</Text>
            <Markdown text={line.answer} />
          </li>
        ))}
      </ul>
    </>
  );
}
