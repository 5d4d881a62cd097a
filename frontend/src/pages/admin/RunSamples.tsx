/** What the model writes at a step of its training, beside what it wrote before. */
import { Checkbox, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { samplesQuery, type Run, type SampleOutput as Output } from '@/api/runs';
import { useFilters } from '@/app/filters';
import { Choice } from '@/components/Choice';
import { EmptyState, ErrorState, LoadingState } from '@/components/states';
import { Messages } from '../research/Messages';
import classes from './Admin.module.css';
import { SampleOutput } from './SampleOutput';
import { SamplePages } from './SamplePages';

/** In the address: the model that training began with. */
const START = 'start';
const NOTHING = 'none';

export function RunSamples({ run, live }: { run: Run; live: boolean }): ReactNode {
  const { t } = useTranslation('admin');
  const [filters, setFilter] = useFilters(['step', 'beside', 'tokens', 'first']);
  const asked = filters.step === '' ? null : Number(filters.step);
  const other = /^\d+$/.test(filters.beside) ? Number(filters.beside) : null;
  const samples = useQuery(samplesQuery(run.id, asked, filters.first, live));
  const before = useQuery({ ...samplesQuery(run.id, other, filters.first, false), enabled: other !== null });
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
  const started = results.some((sample) => sample.content.start);
  const beside = filters.beside || (started ? START : NOTHING);
  const byToken = results.some((sample) => sample.content.outputs.some((output) => output.tokens.length > 0));
  const outputsBefore = (index: number): readonly Output[] => {
    const start = results[index]?.content.start;
    if (beside === START) return start ? [start] : [];
    return (other !== null && before.data?.results[index]?.content.outputs) || [];
  };
  return (
    <>
      <Group mb="md" align="flex-end">
        {steps.length > 1 && (
          <Choice
            label={t('runs.samplesStep')}
            value={String(asked ?? steps.at(-1))}
            onChange={(value) => setFilter('step', value)}
            options={steps.map((step) => ({ value: String(step), label: String(step) }))}
          />
        )}
        {(started || steps.length > 1) && (
          <Choice
            label={t('samples.beside')}
            value={beside}
            onChange={(value) => setFilter('beside', value)}
            options={[
              { value: NOTHING, label: t('samples.nothing') },
              ...(started ? [{ value: START, label: t('samples.start') }] : []),
              ...steps.map((step) => ({ value: String(step), label: t('samples.step', { step }) })),
            ]}
          />
        )}
        {byToken && (
          <Checkbox
            label={t('samples.byToken')}
            description={t('samples.byTokenHelp')}
            checked={filters.tokens === '1'}
            onChange={(event) => setFilter('tokens', event.currentTarget.checked ? '1' : '')}
          />
        )}
      </Group>
      <SamplePages page={samples.data} onGo={(first) => setFilter('first', first)} />
      <div className={classes.samples}>
        {results.map((sample, index) => (
          <article key={sample.index} className={classes.card}>
            {sample.content.messages.length > 0 && (
              <Messages messages={sample.content.messages as Parameters<typeof Messages>[0]['messages']} />
            )}
            <div className={classes.outputs}>
              {outputsBefore(index).map((output, place) => (
                <SampleOutput
                  key={`before ${place}`}
                  title={other === null ? t('samples.start') : t('samples.step', { step: other })}
                  output={output}
                  byToken={filters.tokens === '1'}
                />
              ))}
              {sample.content.outputs.map((output, place) => (
                <SampleOutput
                  key={place}
                  title={beside === NOTHING ? '' : t('samples.step', { step: sample.step })}
                  output={output}
                  byToken={filters.tokens === '1'}
                />
              ))}
            </div>
          </article>
        ))}
      </div>
    </>
  );
}
