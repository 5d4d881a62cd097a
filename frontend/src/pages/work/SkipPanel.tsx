/** Giving a task up, with the reason. What was written stays with the labeler as a draft. */
import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SkipReason } from '@/api/types';
import { skipAssignment } from '@/api/work';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';
import { ErrorText, Notice } from '@/components/states';
import type { ActiveClock } from '@/work/activeClock';
import classes from './SkipPanel.module.css';

const REASONS: readonly SkipReason[] = ['unclear', 'beyond_knowledge', 'personal_data', 'harmful', 'broken', 'other'];

interface SkipPanelProps {
  /** Null in a preview, where nothing is sent. */
  assignment: string | null;
  /** It ends with this task. */
  clock: ActiveClock;
  onClose: () => void;
  onSkipped: () => void;
}

export function SkipPanel({ assignment, clock, onClose, onSkipped }: SkipPanelProps): ReactNode {
  const { t } = useTranslation('work');
  const { t: common } = useTranslation();
  const [reason, setReason] = useState<SkipReason | null>(null);
  const [note, setNote] = useState('');
  const skipping = useMutation({
    mutationFn: async (why: SkipReason): Promise<void> => {
      if (!assignment) return;
      await skipAssignment(assignment, { reason: why, note: note.trim(), active_seconds: clock.seconds() });
    },
    onSuccess: onSkipped,
  });
  useKeys([
    { keys: 'Escape', label: t('skip.close'), group: t('skip.title'), run: onClose },
    ...REASONS.map((name, index) => ({
      keys: String(index + 1),
      label: t(`skip.reason.${name}`),
      group: t('skip.title'),
      run: () => setReason(name),
    })),
  ]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (reason) skipping.mutate(reason);
  };
  return (
    <form className={classes.panel} onSubmit={submit} aria-label={t('skip.title')}>
      <fieldset className={classes.reasons} aria-describedby="skip-text">
        <legend>{t('skip.title')}</legend>
        <p id="skip-text">{t('skip.text')}</p>
        {REASONS.map((name, index) => (
          <label key={name} className={classes.reason}>
            <input
              type="radio"
              name="reason"
              value={name}
              checked={reason === name}
              onChange={() => setReason(name)}
              autoFocus={index === 0}
            />
            <Key keys={String(index + 1)} /> {t(`skip.reason.${name}`)}
          </label>
        ))}
      </fieldset>
      <label className={classes.note}>
        {t('skip.note')}
        <textarea value={note} onChange={(event) => setNote(event.currentTarget.value)} maxLength={2000} rows={2} dir="auto" />
      </label>
      {skipping.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={skipping.error} />
        </Notice>
      )}
      <Group gap="xs">
        <Button type="submit" disabled={!reason} loading={skipping.isPending}>
          {t('skip.submit')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {common('cancel')}
        </Button>
      </Group>
    </form>
  );
}
