/** What the model writes at a step of its training. */
import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { samplesQuery, type Run } from '@/api/runs';
import { useFilters } from '@/app/filters';
import { formatNumber } from '@/app/format';
import { Choice } from '@/components/Choice';
import { Markdown } from '@/components/Markdown';
import { EmptyState, ErrorState, LoadingState } from '@/components/states';
import { Messages } from '../research/Messages';
import classes from './Admin.module.css';

export function RunSamples({ run, live }: { run: Run; live: boolean }): ReactNode {
  const { t } = useTranslation('admin');
  const [filters, setFilter] = useFilters(['step']);
  const asked = filters.step === '' ? null : Number(filters.step);
  const samples = useQuery(samplesQuery(run.id, asked, live));
  if (!samples.data) {
    return samples.error ? (
      <ErrorState error={samples.error} onRetry={() => void samples.refetch()} />
    ) : (
      <LoadingState />
    );
  }
  const { results, steps } = samples.data;
  if (steps.length === 0) {
    return <EmptyState title={t('runs.noSamples')} text={t(live ? 'runs.noSamplesYet' : 'runs.noSamplesText')} />;
  }
  return (
    <>
      {steps.length > 1 && (
        <Group mb="md">
          <Choice
            label={t('runs.samplesStep')}
            value={String(asked ?? steps.at(-1))}
            onChange={(value) => setFilter('step', value)}
            options={steps.map((step) => ({ value: String(step), label: String(step) }))}
          />
        </Group>
      )}
      <div className={classes.samples}>
        {results.map((sample) => (
          <article key={sample.index} className={classes.card}>
            {sample.content.messages.length > 0 && (
              <Messages messages={sample.content.messages as Parameters<typeof Messages>[0]['messages']} />
            )}
            <div className={classes.outputs}>
              {sample.content.outputs.map((output, index) => (
                <div key={index} className={classes.output}>
                  {(output.reward ?? null) !== null && (
                    <Text size="xs" c="dimmed">
                      {t('runs.reward', { reward: formatNumber(output.reward ?? 0, 3) })}
                    </Text>
                  )}
                  <Markdown text={output.text || t('runs.emptyOutput')} />
                </div>
              ))}
            </div>
          </article>
        ))}
      </div>
    </>
  );
}
