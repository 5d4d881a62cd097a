/** One record of a snapshot: back to its people, versions and verdicts, and forward to what was trained on it. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { recordLineageQuery, type RecordLineage } from '@/api/snapshotDiff';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { DataTable } from '@/components/DataTable';
import { Facts } from '@/components/Facts';
import { Page, Section } from '@/components/Page';
import { EmptyState, ErrorState, LoadingState } from '@/components/states';
import { Time } from '@/components/Time';
import { useLabels } from '../labels';
import classes from './Snapshots.module.css';

export function RecordPage(): ReactNode {
  const { t } = useTranslation('snapshots');
  const { t: admin } = useTranslation('admin');
  const navigate = useNavigate();
  const { snapshot = '', line = '1' } = useParams();
  const lineage = useQuery(recordLineageQuery(snapshot, line));
  const go = (to: number): void => void (to >= 1 && navigate(paths.snapshotRecord(snapshot, to), { replace: true }));
  useKeys([
    { keys: 'j', label: t('record.next'), group: t('record.group'), run: () => go(Number(line) + 1) },
    { keys: 'k', label: t('record.previous'), group: t('record.group'), run: () => go(Number(line) - 1) },
  ]);
  const trail = [
    { label: admin('snapshots.title'), to: paths.snapshots() },
    { label: lineage.data?.snapshot_name ?? admin('snapshots.one'), to: paths.snapshot(snapshot) },
  ];
  return (
    <Page title={t('record.title', { line })} trail={trail} intro={t('record.intro')}>
      {lineage.data ? (
        <Content lineage={lineage.data} />
      ) : lineage.error ? (
        <ErrorState error={lineage.error} onRetry={() => void lineage.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Page>
  );
}

function Content({ lineage }: { lineage: RecordLineage }): ReactNode {
  const { t } = useTranslation('snapshots');
  const { t: research } = useTranslation('research');
  const labels = useLabels();
  const { prompt } = lineage;
  return (
    <>
      <Section title={t('record.prompt')}>
        <Facts
          facts={[
            { label: t('record.prompt'), value: <Link to={paths.prompt(prompt.id)}>{t('record.open')}</Link> },
            { label: t('record.source'), value: prompt.source },
            { label: t('record.import'), value: prompt.import_file || t('record.written') },
            { label: t('record.came'), value: <Time at={prompt.imported_at ?? prompt.created_at} /> },
            { label: t('record.split'), value: labels.split(prompt.split) },
            { label: t('record.useCase'), value: labels.useCase(prompt.use_case) },
            { label: t('record.now'), value: t(`record.state.${stateOf(prompt)}`) },
          ]}
        />
      </Section>
      {lineage.judgments.length > 0 && (
        <Section title={t('record.judgments')}>
          {lineage.judgments.map((judgment) => (
            <article key={judgment.id} className={classes.judgment}>
              <Facts
                facts={[
                  { label: t('diff.labeler'), value: judgment.labeler },
                  { label: t('record.pool'), value: research(`pool.${judgment.pool as 'training'}`) },
                  { label: t('record.guideline'), value: judgment.guideline ?? t('record.unversioned') },
                  { label: t('record.rubric'), value: judgment.rubric ?? t('record.unversioned') },
                  { label: t('record.batch'), value: <Link to={paths.batch(judgment.batch)}>{judgment.batch_name}</Link> },
                ]}
              />
              <ol className={classes.words} aria-label={t('record.history')}>
                {judgment.history.map((one) => (
                  <li key={one.judgment}>
                    {t(`record.action.${one.action as 'submit'}`)} <Time at={one.created_at} />
                    {one.entered && ` · ${t('record.entered')}`}
                  </li>
                ))}
                {judgment.verdicts.map((one, index) => (
                  <li key={index}>
                    {t(`record.decision.${one.decision as 'accept'}`, { by: one.by || t('record.system') })}{' '}
                    {t(`record.on.${one.on as 'batch'}`)} <Time at={one.created_at} />
                    {one.reasons && ` · ${one.reasons}`}
                  </li>
                ))}
              </ol>
            </article>
          ))}
        </Section>
      )}
      {lineage.candidates.length > 0 && (
        <Section title={t('record.outputs')}>
          <DataTable
            label={t('record.outputs')}
            rows={lineage.candidates}
            rowKey={(candidate) => candidate.id}
            empty={null}
            columns={[
              {
                key: 'model',
                header: t('record.model'),
                cell: (one) => (one.model ? <Link to={paths.model(one.model)}>{one.model_name}</Link> : t('record.unknown')),
              },
              {
                key: 'run',
                header: t('record.run'),
                cell: (one) => (one.run ? <Link to={paths.run(one.run)}>{one.run_name}</Link> : t('record.brought')),
              },
              { key: 'seed', header: t('record.seed'), cell: (one) => one.seed ?? '–' },
              {
                key: 'settings',
                header: t('record.settings'),
                cell: (one) => <code>{Object.keys(one.settings).length ? JSON.stringify(one.settings) : '–'}</code>,
              },
            ]}
          />
        </Section>
      )}
      <Forward lineage={lineage} />
      <Section title={t('record.line')}>
        <pre tabIndex={0} className={classes.file}>
          {lineage.record === null ? t('diff.purged') : JSON.stringify(lineage.record, null, 2)}
        </pre>
      </Section>
    </>
  );
}

function Forward({ lineage }: { lineage: RecordLineage }): ReactNode {
  const { t } = useTranslation('snapshots');
  return (
    <Section title={t('record.forward')}>
      {lineage.runs.length === 0 && lineage.hidden === 0 ? (
        <EmptyState title={t('record.untrainedTitle')} text={t('record.untrainedText')} />
      ) : (
        <ul className={classes.words}>
          {lineage.runs.map((run) => (
            <li key={run.id}>
              {t(run.direct ? 'record.learned.direct' : 'record.learned.later')} <Link to={paths.run(run.id)}>{run.name}</Link>
            </li>
          ))}
          {lineage.models.map((model) => (
            <li key={model.id}>
              {t('record.made')} <Link to={paths.model(model.id)}>{model.name}</Link>
            </li>
          ))}
        </ul>
      )}
      {lineage.hidden > 0 && <Text c="dimmed">{t('record.hidden', { count: lineage.hidden })}</Text>}
      <Text mt="sm">
        {t('record.held')}{' '}
        {lineage.snapshots.map((one, index) => (
          <span key={one.id}>
            {index > 0 && ', '}
            <Link to={paths.snapshotRecord(one.id, one.line)}>{one.name}</Link>
          </span>
        ))}
      </Text>
    </Section>
  );
}

function stateOf(prompt: RecordLineage['prompt']): 'withdrawn' | 'held_back' | 'no_consent' | 'usable' {
  if (prompt.withdrawn) return 'withdrawn';
  if (prompt.held_back) return 'held_back';
  return prompt.consent ? 'usable' : 'no_consent';
}
