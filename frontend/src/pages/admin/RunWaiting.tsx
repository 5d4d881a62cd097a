import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Run } from '@/api/runs';
import { paths } from '@/app/paths';
import { Notice } from '@/components/states';

/** Which runs a waiting one waits for, and what to do where one of them will not end by itself. */
export function RunWaiting({ run }: { run: Run }): ReactNode {
  const { t } = useTranslation('admin');
  if (run.status !== 'waiting') return null;
  const open = run.inputs.filter((input) => input.from_run && !input.model);
  const stuck = open.some((input) => ['failed', 'halted', 'cancelled'].includes(input.from_run_status ?? ''));
  return (
    <Notice tone={stuck ? 'warn' : 'info'}>
      {t('runs.waitsFor')}{' '}
      {open.map((input) => (
        <span key={input.name}>
          <Link to={paths.run(input.from_run ?? '')}>{input.label}</Link>{' '}
          {input.from_run_status && `(${t(`runStatus.${input.from_run_status}`)}) `}
        </span>
      ))}
      {stuck && t('runs.waitsInVain')}
    </Notice>
  );
}
