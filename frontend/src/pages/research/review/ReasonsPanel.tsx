/** Reasons for a return or a rejection: by number keys, then edited, then sent by Enter. Kept in the browser until then. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useEffect, useRef, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReviewSettings } from '@/api/desk';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';
import { LongText } from '@/components/LongText';
import { ErrorText, Notice } from '@/components/states';
import { useUnsent } from '@/pages/questions/useUnsent';
import panel from '@/components/Panel.module.css';
import { ReasonTemplates, withReason } from './ReasonTemplates';

export type Refusal = 'return' | 'reject';

interface ReasonsProps {
  decision: Refusal;
  project: string;
  reasons: ReviewSettings['reasons'];
  /** What the words belong to, until they are sent. */
  place: string;
  pending: boolean;
  error: Error | null;
  onSend: (reasons: string, submission: string, onSent: () => void) => void;
  onCancel: () => void;
}

export function ReasonsPanel({ decision, project, reasons, place, pending, error, onSend, onCancel }: ReasonsProps): ReactNode {
  const { t } = useTranslation('desk');
  const { t: common } = useTranslation();
  const unsent = useUnsent(place);
  const box = useRef<HTMLElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  // The panel and not its field takes the focus, so that number keys choose reasons at once.
  useEffect(() => {
    box.current?.focus();
    box.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const add = (reason: string): void => unsent.write(withReason(unsent.text, reason));
  const send = (): void => {
    if (unsent.text.trim() && !pending) onSend(unsent.text.trim(), unsent.submission_id, unsent.clear);
  };
  const group = t(`reasons.${decision}`);
  useKeys([
    ...reasons.map((reason, index) => ({
      keys: String(index + 1),
      label: reason.name,
      group,
      run: () => add(reason.text),
    })),
    { keys: 'e', label: t('reasons.edit'), group, run: () => field.current?.focus() },
    { keys: ['Enter', 'mod+Enter'], label: t(`reasons.send.${decision}`), group, run: send },
    { keys: 'Escape', label: common('cancel'), group, run: onCancel },
  ]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send();
  };
  return (
    <section ref={box} tabIndex={-1} className={panel.panel} aria-label={group}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text fw={600}>{group}</Text>
          <Text size="sm">{t(`reasons.${decision}Help`)}</Text>
          <ReasonTemplates project={project} reasons={reasons} keyed onAdd={add} />
          <LongText
            ref={field}
            label={t('reasons.text')}
            description={t('reasons.kept')}
            value={unsent.text}
            onChange={(event) => unsent.write(event.currentTarget.value)}
            readOnly={pending}
            most={10_000}
            autosize
            minRows={2}
            maxRows={10}
            rightSection={<Key keys="e" />}
          />
          {error && (
            <Notice tone="bad" role="alert">
              <ErrorText error={error} />
            </Notice>
          )}
          <Group gap="xs">
            <Button type="submit" disabled={!unsent.text.trim()} loading={pending} rightSection={<Key keys="Enter" />}>
              {t(`reasons.send.${decision}`)}
            </Button>
            <Button variant="default" onClick={onCancel} rightSection={<Key keys="Escape" />}>
              {common('cancel')}
            </Button>
          </Group>
        </Stack>
      </form>
    </section>
  );
}
