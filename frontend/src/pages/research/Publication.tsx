/** Making an answer known to the whole project, in words that say nothing of the item. */
import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { publishAnswer, threadQuery, withdrawAnswer, type Thread } from '@/api/questions';
import { LongText } from '@/components/LongText';
import { Markdown } from '@/components/Markdown';
import { Section } from '@/components/Page';
import { ErrorText, Notice } from '@/components/states';
import classes from '@/pages/questions/questions.module.css';

export function Publication({ thread, onChanged }: { thread: Thread; onChanged: (thread: Thread) => void }): ReactNode {
  const { t } = useTranslation('questions');
  const queries = useQueryClient();
  const [writing, setWriting] = useState(false);
  const withdrawing = useMutation({
    mutationFn: () => withdrawAnswer(thread.id),
    onSuccess: () => void queries.invalidateQueries({ queryKey: threadQuery(thread.id).queryKey }),
  });
  const { publication } = thread;
  return (
    <Section title={t('publication.title')}>
      {writing ? (
        <PublicationForm
          thread={thread}
          onDone={(changed) => {
            setWriting(false);
            if (changed) onChanged(changed);
          }}
        />
      ) : (
        <Stack gap="xs" align="flex-start">
          {publication ? (
            <div>
              <div className={classes.asked}>{publication.question}</div>
              <Markdown text={publication.answer} />
            </div>
          ) : (
            <span>{t('publication.none')}</span>
          )}
          {withdrawing.error && (
            <Notice tone="bad" role="alert">
              <ErrorText error={withdrawing.error} />
            </Notice>
          )}
          <Group gap="xs">
            <Button variant="default" onClick={() => setWriting(true)}>
              {t(publication ? 'publication.change' : 'publication.write')}
            </Button>
            {publication && (
              <Button variant="default" loading={withdrawing.isPending} onClick={() => withdrawing.mutate()}>
                {t('publication.withdraw')}
              </Button>
            )}
          </Group>
        </Stack>
      )}
    </Section>
  );
}

function PublicationForm({ thread, onDone }: { thread: Thread; onDone: (thread?: Thread) => void }): ReactNode {
  const { t } = useTranslation('questions');
  const { t: common } = useTranslation();
  const said = (by: 'asker' | 'researcher'): string => thread.messages.findLast((line) => line.by === by)?.text ?? '';
  const [question, setQuestion] = useState(thread.publication?.question ?? thread.messages[0]?.text ?? '');
  const [text, setText] = useState(thread.publication?.answer ?? said('researcher'));
  const publishing = useMutation({
    mutationFn: () => publishAnswer(thread.id, { question, answer: text }),
    onSuccess: onDone,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    publishing.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <Notice tone="warn">{t('publication.warning')}</Notice>
      <LongText
        label={t('publication.question')}
        value={question}
        onChange={(event) => setQuestion(event.currentTarget.value)}
        most={5000}
        autosize
        minRows={2}
        w="100%"
      />
      <LongText
        label={t('publication.answer')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        most={5000}
        autosize
        minRows={3}
        w="100%"
      />
      {publishing.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={publishing.error} />
        </Notice>
      )}
      <Group gap="xs">
        <Button type="submit" disabled={!question.trim() || !text.trim()} loading={publishing.isPending}>
          {t('publication.publish')}
        </Button>
        <Button variant="default" onClick={() => onDone()}>
          {common('cancel')}
        </Button>
      </Group>
    </form>
  );
}
