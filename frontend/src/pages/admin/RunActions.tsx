/** What an admin may do with a run: cancel, halt, resume it, launch one like it. */
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { cancelRun, resumeRun, runQuery, type Run } from '@/api/runs';
import { withFilters } from '@/app/filters';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { useUser } from '@/app/session';
import { Key } from '@/components/Key';
import { ErrorText } from '@/components/states';
import type { Asking } from './RunHalt';

export function RunActions({ run, onAsk }: { run: Run; onAsk: (asking: Asking) => void }): ReactNode {
  const { t } = useTranslation('admin');
  const admin = useUser().role === 'admin';
  const queries = useQueryClient();
  const acting = useMutation({
    mutationFn: (act: (id: string) => Promise<Run>) => act(run.id),
    onSuccess: (changed) => queries.setQueryData(runQuery(run.id).queryKey, changed),
  });
  const mayCancel = run.status === 'waiting' || run.status === 'queued' || run.status === 'running';
  const mayHalt = run.status === 'running' || run.status === 'stopping';
  const mayResume = run.status === 'cancelled' || run.status === 'failed';
  const halted = run.status === 'halted';
  useKeys([
    { keys: 'h', label: t('halt.halt'), group: t('runs.one'), run: () => onAsk('halt'), when: admin && mayHalt },
    { keys: 'r', label: t('halt.goOn'), group: t('runs.one'), run: () => onAsk('goOn'), when: admin && halted },
  ]);
  if (!admin) return null;
  const again = withFilters(paths.newRun(), {
    kind: run.kind,
    project: run.project,
    preset: run.preset,
    ...Object.fromEntries(
      run.inputs.map((input) => [`input.${input.name}`, input.snapshot ?? input.from_run ?? input.model ?? input.path]),
    ),
    ...Object.fromEntries(Object.entries(run.settings).map(([name, value]) => [`set.${name}`, value])),
  });
  return (
    <>
      {acting.error && (
        <span role="alert">
          <ErrorText error={acting.error} />
        </span>
      )}
      {mayCancel && (
        <Button variant="default" loading={acting.isPending} onClick={() => acting.mutate(cancelRun)}>
          {t('runs.cancel')}
        </Button>
      )}
      {mayHalt && (
        <Button variant="default" onClick={() => onAsk('halt')} rightSection={<Key keys="h" />}>
          {t('halt.halt')}
        </Button>
      )}
      {mayResume && (
        <Button loading={acting.isPending} onClick={() => acting.mutate((id) => resumeRun(id))}>
          {t('runs.resume')}
        </Button>
      )}
      {halted && (
        <Button variant="default" onClick={() => onAsk('goOn')} rightSection={<Key keys="r" />}>
          {t('halt.goOn')}
        </Button>
      )}
      <Button component={Link} to={again} variant="default">
        {t('runs.again')}
      </Button>
    </>
  );
}
