/** One run: how far it is, its curves, its samples and its log, what went in and what came out. */
import { Button, Group, Stack, Tabs, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { isLive, logQuery, metricsQuery, runQuery, type Run } from '@/api/runs';
import { useFilters, withFilters } from '@/app/filters';
import { formatDuration } from '@/app/format';
import { paths } from '@/app/paths';
import { Facts } from '@/components/Facts';
import { Page, Section } from '@/components/Page';
import { ShortId } from '@/components/ShortId';
import { EmptyState, ErrorState, LoadingState, Notice } from '@/components/states';
import { Time } from '@/components/Time';
import classes from './Admin.module.css';
import { CostFacts } from './CostFacts';
import { familiesOf } from './families';
import { RunActions } from './RunActions';
import { Halts, RunHaltPanel, type Asking } from './RunHalt';
import { RunReport } from './RunReport';
import { RunSamples } from './RunSamples';
import { NoWorker } from './RunsPage';
import { RunStatus, RunSteps } from './RunStatus';
import { RunWaiting } from './RunWaiting';

// The charts' library is half of the site's code, so it is loaded where a chart is.
const FamilyCharts = lazy(async () => ({ default: (await import('./FamilyCharts')).FamilyCharts }));

export function RunPage(): ReactNode {
  const { t } = useTranslation('admin');
  const { run: id = '' } = useParams();
  const run = useQuery(runQuery(id));
  if (!run.data) {
    return (
      <Page title={t('runs.one')}>
        {run.error ? <ErrorState error={run.error} onRetry={() => void run.refetch()} /> : <LoadingState />}
      </Page>
    );
  }
  return <Content key={id} run={run.data} />;
}

const TABS = ['curves', 'samples', 'log', 'about'] as const;

function Content({ run }: { run: Run }): ReactNode {
  const { t } = useTranslation('admin');
  const [filters, setFilter] = useFilters(['tab']);
  const tab = TABS.find((name) => name === filters.tab) ?? (run.kind === 'sample' ? 'samples' : 'curves');
  const live = isLive(run.status);
  const [asking, setAsking] = useState<Asking | null>(null);
  useLastLook(run.id, live);
  return (
    <Page
      wide
      title={run.name}
      trail={[
        { label: t('runs.title'), to: paths.runs() },
        ...(run.chain ? [{ label: t('runs.chain'), to: withFilters(paths.runs(), { chain: run.chain }) }] : []),
      ]}
      actions={<RunActions run={run} onAsk={setAsking} />}
    >
      {live && <NoWorker />}
      {asking && <RunHaltPanel key={asking} run={run} asking={asking} onDone={() => setAsking(null)} />}
      <Stack gap="sm">
        <Facts
          facts={[
            { label: t('status'), value: <RunStatus run={run} /> },
            { label: t('kind'), value: t(`runKind.${run.kind}`) },
            { label: t('runs.step'), value: <RunSteps run={run} /> },
            { label: t('runs.took'), value: <Took run={run} /> },
            ...(run.attempt > 1 ? [{ label: t('runs.attempt'), value: run.attempt }] : []),
          ]}
        />
        {run.steps !== null && live && (
          <div
            className={classes.progress}
            role="progressbar"
            aria-label={t('runs.step')}
            aria-valuenow={run.step}
            aria-valuemin={0}
            aria-valuemax={run.steps}
          >
            <span style={{ width: `${(100 * run.step) / Math.max(1, run.steps)}%` }} />
          </div>
        )}
        {run.error && (
          <Notice tone="bad" role="alert">
            <strong>{run.error.title}</strong> {run.error.detail}
          </Notice>
        )}
        <RunWaiting run={run} />
      </Stack>
      <RunReport run={run} />
      <Outcome run={run} />
      <Tabs value={tab} onChange={(value) => setFilter('tab', value ?? '')} mt="lg" keepMounted={false}>
        <Tabs.List mb="md">
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`runs.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="curves">
          <Curves run={run} live={live} />
        </Tabs.Panel>
        <Tabs.Panel value="samples">
          <RunSamples run={run} live={live} />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <Log run={run} live={live} />
        </Tabs.Panel>
        <Tabs.Panel value="about">
          <About run={run} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

/** What came between the last look and the end of a run is asked for once more when it has ended. */
function useLastLook(id: string, live: boolean): void {
  const queries = useQueryClient();
  const before = useRef(live);
  useEffect(() => {
    if (before.current && !live) void queries.invalidateQueries({ queryKey: runQuery(id).queryKey });
    before.current = live;
  }, [queries, id, live]);
}

function Took({ run }: { run: Run }): ReactNode {
  if (!run.started_at) return '–';
  const end = run.finished_at ? Date.parse(run.finished_at) : Date.now();
  return formatDuration((end - Date.parse(run.started_at)) / 1000);
}

/** What came out of it, and what may be done with that next. */
function Outcome({ run }: { run: Run }): ReactNode {
  const { t } = useTranslation('admin');
  if (run.outputs.length === 0 && run.candidates === 0) return null;
  return (
    <Group mt="md" gap="lg" className={classes.card}>
      {run.outputs.map((output) => (
        <span key={output.id}>
          {t(`modelKind.${output.kind}`)}
          {': '}
          <Link to={paths.model(output.id)}>{output.name}</Link>
        </span>
      ))}
      {run.candidates > 0 && (
        <>
          <span>{t('runs.candidates', { count: run.candidates })}</span>
          {run.project && (
            <Button
              component={Link}
              to={withFilters(paths.publish(run.project), { kind: 'comparison', run: run.id })}
              size="compact-sm"
            >
              {t('runs.publish')}
            </Button>
          )}
        </>
      )}
    </Group>
  );
}

function Curves({ run, live }: { run: Run; live: boolean }): ReactNode {
  const { t } = useTranslation('admin');
  const metrics = useQuery(metricsQuery(run.id, run.attempt, live));
  const families = useMemo(() => familiesOf(metrics.data ?? []), [metrics.data]);
  if (!metrics.data) {
    return metrics.error ? (
      <ErrorState error={metrics.error} onRetry={() => void metrics.refetch()} />
    ) : (
      <LoadingState />
    );
  }
  if (metrics.data.length === 0) {
    return <EmptyState title={t('runs.noMetrics')} text={t(live ? 'runs.noMetricsYet' : 'runs.noMetricsText')} />;
  }
  return (
    <Suspense fallback={<LoadingState />}>
      <FamilyCharts families={families} />
    </Suspense>
  );
}

function Log({ run, live }: { run: Run; live: boolean }): ReactNode {
  const { t } = useTranslation('admin');
  const log = useQuery(logQuery(run.id, live));
  if (!log.data) {
    return log.error ? <ErrorState error={log.error} onRetry={() => void log.refetch()} /> : <LoadingState />;
  }
  if (!log.data.text) return <EmptyState title={t('runs.noLog')} text={t('runs.noLogText')} />;
  return (
    <>
      {log.data.truncated && <Text c="dimmed">{t('runs.logCut')}</Text>}
      <pre className={classes.log} tabIndex={0} aria-label={t('runs.tab.log')}>
        {log.data.text}
      </pre>
    </>
  );
}

function About({ run }: { run: Run }): ReactNode {
  const { t } = useTranslation('admin');
  return (
    <>
      <Facts
        facts={[
          { label: t('runs.preset'), value: run.preset },
          { label: t('runs.seed'), value: run.seed },
          { label: t('by'), value: run.created_by ?? '–' },
          { label: t('made'), value: <Time at={run.created_at} /> },
          { label: t('runs.started'), value: <Time at={run.started_at} /> },
          { label: t('runs.finished'), value: <Time at={run.finished_at} /> },
          { label: t('id'), value: <ShortId id={run.id} /> },
        ]}
      />
      {run.cost && (
        <Section title={t('cost.title')}>
          <CostFacts cost={run.cost} error={run.estimate_error} />
        </Section>
      )}
      <Halts run={run} />
      <Section title={t('runs.inputs')}>
        {run.inputs.length === 0 ? (
          <Text c="dimmed">{t('runs.noInputs')}</Text>
        ) : (
          <Facts
            facts={run.inputs.map((input) => ({
              label: t(`inputName.${input.name as 'data'}`),
              value: input.snapshot ? (
                <Link to={paths.snapshot(input.snapshot)}>{input.label}</Link>
              ) : input.from_run ? (
                <Link to={paths.run(input.from_run)}>{input.label}</Link>
              ) : input.model ? (
                <Link to={paths.model(input.model)}>{input.label}</Link>
              ) : (
                <code>{input.path}</code>
              ),
            }))}
          />
        )}
      </Section>
      <Section title={t('runs.settings')}>
        {Object.keys(run.settings).length === 0 ? (
          <Text c="dimmed">{t('runs.asPreset', { preset: run.preset })}</Text>
        ) : (
          <Facts facts={Object.entries(run.settings).map(([name, value]) => ({ label: name, value: String(value) }))} />
        )}
      </Section>
    </>
  );
}
