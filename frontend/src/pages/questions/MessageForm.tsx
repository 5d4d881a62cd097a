/** A field and its button. Ctrl+Enter sends what is in the field, and never the task beside it. */
import { Button, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent, KeyboardEvent, ReactNode } from 'react';
import type { Thread } from '@/api/questions';
import { matches } from '@/app/keys';
import { Key } from '@/components/Key';
import { ErrorText, Notice } from '@/components/states';
import classes from './questions.module.css';
import { useUnsent } from './useUnsent';

interface MessageFormProps {
  /** What the words belong to, until they are sent. */
  place: string;
  label: string;
  help?: string;
  action: string;
  send: (message: { submission_id: string; text: string }) => Promise<Thread>;
  onSent: (thread: Thread) => void;
}

export function MessageForm({ place, label, help, action, send, onSent }: MessageFormProps): ReactNode {
  const unsent = useUnsent(place);
  const sending = useMutation({
    mutationFn: send,
    onSuccess: (thread) => {
      unsent.clear();
      onSent(thread);
    },
  });
  const empty = unsent.text.trim() === '';
  const submit = (): void => {
    if (!empty && !sending.isPending) sending.mutate({ submission_id: unsent.submission_id, text: unsent.text });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!matches('mod+Enter', event.nativeEvent)) return;
    event.preventDefault();
    submit();
  };
  return (
    <form
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        submit();
      }}
    >
      <Textarea
        label={label}
        description={help}
        value={unsent.text}
        onChange={(event) => unsent.write(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        readOnly={sending.isPending}
        maxLength={5000}
        autosize
        minRows={3}
        maxRows={12}
      />
      {sending.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={sending.error} />
        </Notice>
      )}
      <Button type="submit" disabled={empty} loading={sending.isPending} rightSection={<Key keys="mod+Enter" />}>
        {action}
      </Button>
    </form>
  );
}
