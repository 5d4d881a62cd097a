/** Halting a run that goes wrong, with why; letting a halted one go on all the same; and the halts that it had. */
import { Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { haltRun, resumeRun, runQuery, type Run } from '@/api/runs';
import { formatNumber } from '@/app/format';
import { ConfirmPanel } from '@/components/ConfirmPanel';
import { Section } from '@/components/Page';
import { Time } from '@/components/Time';

export type Asking = 'halt' | 'goOn';

interface RunHaltPanelProps {
  run: Run;
  asking: Asking;
  onDone: () => void;
}

export function RunHaltPanel({ run, asking, onDone }: RunHaltPanelProps): ReactNode {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const [why, setWhy] = useState('');
  const deed = useMutation({
    mutationFn: () => (asking === 'halt' ? haltRun(run.id, why.trim()) : resumeRun(run.id, true)),
    onSuccess: (changed) => {
      queries.setQueryData(runQuery(run.id).queryKey, changed);
      onDone();
    },
  });
  return (
    <ConfirmPanel
      title={t(`halt.${asking}`)}
      group={t('runs.one')}
      confirm={t(`halt.${asking}Now`)}
      leave={t(`halt.${asking}Not`)}
      ready={asking === 'goOn' || why.trim() !== ''}
      deed={deed}
      onCancel={onDone}
    >
      <Text>{t(`halt.${asking}Text`)}</Text>
      {asking === 'halt' && (
        <Textarea
          label={t('halt.why')}
          description={t('halt.whyHelp')}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
          maxLength={500}
          autosize
          minRows={2}
          required
          autoFocus
        />
      )}
    </ConfirmPanel>
  );
}

export function Halts({ run }: { run: Run }): ReactNode {
  const { t } = useTranslation('admin');
  if (run.halts.length === 0) return null;
  return (
    <Section title={t('halt.title')}>
      <ul>
        {run.halts.map((halt) => (
          <li key={halt.at}>
            <Time at={halt.at} /> {t('halt.at', { step: formatNumber(halt.step) })} <strong>{halt.title}.</strong>{' '}
            {halt.detail}
          </li>
        ))}
      </ul>
    </Section>
  );
}
