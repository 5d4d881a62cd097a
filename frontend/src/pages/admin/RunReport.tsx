import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Run } from '@/api/runs';
import { formatNumber } from '@/app/format';
import { Facts } from '@/components/Facts';
import { Section } from '@/components/Page';
import { RunParts } from './RunParts';

/** What an evaluation measured, or a reward model on what was held out. */
export function RunReport({ run }: { run: Run }): ReactNode {
  const { t } = useTranslation('admin');
  return (
    <>
      {Object.entries(run.report).map(([what, values]) => (
        <Section key={what} title={t(`report.${what as 'text'}`)}>
          <Facts
            facts={Object.entries(values).map(([name, value]) => ({
              label: t(`report.values.${name as 'loss'}`),
              value: typeof value === 'number' ? formatNumber(value, 3) : String(value),
            }))}
          />
        </Section>
      ))}
      {run.parts && <RunParts parts={run.parts} />}
    </>
  );
}
