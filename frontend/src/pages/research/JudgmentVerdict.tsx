/** The verdict on one judgment, and the way to give one before the batch is decided. */
import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { batchQuery, type Batch, type Judgment } from '@/api/collection';
import { reviewSettingsQuery } from '@/api/desk';
import { judgeJudgment, type Decision } from '@/api/review';
import { ErrorText, Notice } from '@/components/states';
import { Status, type Tone } from '@/components/Status';
import { ReasonTemplates, withReason } from './review/ReasonTemplates';
import classes from './Review.module.css';

const TONES: Record<NonNullable<Judgment['verdict']>['decision'], Tone> = {
  accept: 'good',
  return: 'warn',
  reject: 'bad',
  withdraw: 'quiet',
};
const DECISIONS: readonly Decision[] = ['accept', 'return', 'reject'];

export function JudgmentVerdict({ judgment, batch }: { judgment: Judgment; batch: Batch }): ReactNode {
  const { t } = useTranslation('research');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<Decision | null>(null);
  const [reasons, setReasons] = useState('');
  const settings = useQuery({ ...reviewSettingsQuery(batch.project), enabled: asking !== null });
  const judging = useMutation({
    mutationFn: (decision: Decision) => judgeJudgment(judgment.id, decision, reasons.trim()),
    onSuccess: () => {
      setAsking(null);
      setReasons('');
      void queries.invalidateQueries({ queryKey: batchQuery(batch.id).queryKey });
      void queries.invalidateQueries({ queryKey: ['list', `/batches/${batch.id}/items`] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (asking) judging.mutate(asking);
  };
  const { verdict } = judgment;
  const mayJudge = batch.status !== 'accepted' && batch.status !== 'withdrawn' && judgment.state === 'submitted';
  // What was judged elsewhere has nobody here to go back to.
  const decisions = batch.imported ? (['accept'] as const) : DECISIONS;
  return (
    <Stack gap={6} my={6}>
      <Group gap="xs">
        {verdict && (
          <span>
            <Status tone={TONES[verdict.decision]}>{t(`verdict.given.${verdict.decision}`)}</Status>{' '}
            <span className={classes.quiet}>{verdict.reasons}</span>
          </span>
        )}
        {mayJudge &&
          decisions.filter((decision) => decision !== verdict?.decision).map((decision) => (
            <Button
              key={decision}
              size="compact-xs"
              variant={asking === decision ? 'filled' : 'default'}
              loading={judging.isPending && judging.variables === decision}
              aria-label={t(`verdict.of.${decision}`, { labeler: judgment.labeler })}
              onClick={() => (decision === 'accept' ? judging.mutate('accept') : setAsking(decision))}
            >
              {t(`verdict.${decision}`)}
            </Button>
          ))}
      </Group>
      {asking && (
        <form onSubmit={submit}>
          {settings.data && (
            <ReasonTemplates
              project={batch.project}
              reasons={settings.data.reasons}
              onAdd={(reason) => setReasons(withReason(reasons, reason))}
            />
          )}
          <Textarea
            label={t('decision.reasons')}
            description={t(`verdict.help.${asking}`)}
            value={reasons}
            onChange={(event) => setReasons(event.currentTarget.value)}
            autosize
            data-autofocus
            required
          />
          <Group mt="xs" gap="xs">
            <Button type="submit" size="compact-sm" loading={judging.isPending}>
              {t(`verdict.${asking}`)}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => setAsking(null)}>
              {common('cancel')}
            </Button>
          </Group>
        </form>
      )}
      {judging.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={judging.error} />
        </Notice>
      )}
    </Stack>
  );
}
