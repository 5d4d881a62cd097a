import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Run } from '@/api/runs';
import { formatNumber } from '@/app/format';
import { Status, type Tone } from '@/components/Status';

const TONES: Record<Run['status'], Tone> = {
  waiting: 'quiet',
  queued: 'quiet',
  running: 'active',
  stopping: 'warn',
  cancelled: 'warn',
  halted: 'bad',
  failed: 'bad',
  done: 'good',
};

export function RunStatus({ run }: { run: Run }): ReactNode {
  const { t } = useTranslation('admin');
  return <Status tone={TONES[run.status]}>{t(`runStatus.${run.status}`)}</Status>;
}

/** "step 30 of 120", or what is known of it. */
export function RunSteps({ run }: { run: Run }): ReactNode {
  const { t } = useTranslation('admin');
  if (run.steps === null) return run.step ? formatNumber(run.step) : '–';
  return t('runs.stepOf', { step: formatNumber(run.step), steps: formatNumber(run.steps) });
}
