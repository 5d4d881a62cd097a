/** Taking an answer up into the next version of the guideline. */
import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { promoteAnswer, threadQuery, type Thread } from '@/api/questions';
import { guidelinesQuery } from '@/api/work';
import { Section } from '@/components/Page';
import { ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import classes from '@/pages/questions/questions.module.css';

export function Promotion({ thread }: { thread: Thread }): ReactNode {
  const { t } = useTranslation('questions');
  const [writing, setWriting] = useState(false);
  const answered = thread.messages.some((line) => line.by === 'researcher');
  if (!answered && !thread.publication) return null;
  return (
    <Section title={t('promotion.title')}>
      {thread.guideline_version !== null ? (
        <Notice tone="good">{t('thread.promoted', { version: thread.guideline_version })}</Notice>
      ) : writing ? (
        <Loaded thread={thread} onDone={() => setWriting(false)} />
      ) : (
        <Stack gap="xs" align="flex-start">
          <span>{t('promotion.intro')}</span>
          <Button variant="default" onClick={() => setWriting(true)}>
            {t('promotion.write')}
          </Button>
        </Stack>
      )}
    </Section>
  );
}

function Loaded({ thread, onDone }: { thread: Thread; onDone: () => void }): ReactNode {
  const versions = useQuery({ ...guidelinesQuery(thread.project, thread.kind), refetchOnWindowFocus: false });
  if (!versions.data) {
    return versions.error ? (
      <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />
    ) : (
      <LoadingState />
    );
  }
  const current = versions.data.results[0];
  return <PromotionForm key={current?.version} thread={thread} version={current?.version ?? 0} before={current?.text ?? ''} onDone={onDone} />;
}

interface PromotionFormProps {
  thread: Thread;
  version: number;
  before: string;
  onDone: () => void;
}

function PromotionForm({ thread, version, before, onDone }: PromotionFormProps): ReactNode {
  const { t } = useTranslation('questions');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const answer = thread.publication?.answer ?? thread.messages.findLast((line) => line.by === 'researcher')?.text ?? '';
  const question = thread.publication?.question ?? thread.messages[0]?.text ?? '';
  const [text, setText] = useState(`${before.trimEnd()}\n\n**${question.replace(/\s+/g, ' ').trim()}**\n\n${answer}\n`);
  const promoting = useMutation({
    mutationFn: () => promoteAnswer(thread.id, { version, text }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: guidelinesQuery(thread.project, thread.kind).queryKey });
      void queries.invalidateQueries({ queryKey: threadQuery(thread.id).queryKey });
      onDone();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    promoting.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <Textarea
        label={t('promotion.text')}
        description={t('promotion.textHelp')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        autosize
        minRows={10}
        maxRows={30}
        w="100%"
      />
      {promoting.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={promoting.error} />
        </Notice>
      )}
      <Group gap="xs">
        <Button type="submit" loading={promoting.isPending} disabled={text.trim() === before.trim()}>
          {t('promotion.publish', { version: version + 1 })}
        </Button>
        <Button variant="default" onClick={onDone}>
          {common('cancel')}
        </Button>
      </Group>
    </form>
  );
}
