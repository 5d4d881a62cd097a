/** Whom to talk to: what each labeler is like with what is suggested, and how far kinds of judges agree. */
import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { downloadUrl } from '@/api/client';
import { labelersQuery, type Labeler } from '@/api/labelers';
import type { Project } from '@/api/projects';
import { useFilters } from '@/app/filters';
import { formatNumber } from '@/app/format';
import { Section } from '@/components/Page';
import { Segments } from '@/components/Segments';
import { EmptyState, ErrorState, LoadingState } from '@/components/states';
import { ends } from '../agreement/ends';
import { SampleNote } from '../agreement/SampleNote';
import { write, type Row } from '../agreement/estimates';
import { itemsLink } from '../items/itemsLink';
import { ProjectFrame } from '../ProjectFrame';
import { Judges } from './Judges';
import { LabelerTable } from './LabelerTable';

const IntervalChart = lazy(async () => ({ default: (await import('../agreement/IntervalChart')).IntervalChart }));

export function LabelersPage(): ReactNode {
  return (
    <ProjectFrame tab="labelers" wide>
      {(project) => <Labelers project={project} />}
    </ProjectFrame>
  );
}

function Labelers({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('labelers');
  const labelers = useQuery(labelersQuery(project.id));
  if (!labelers.data) {
    return labelers.error ? <ErrorState error={labelers.error} onRetry={() => void labelers.refetch()} /> : <LoadingState />;
  }
  const { rows, sureness } = labelers.data;
  if (rows.length === 0) return <EmptyState title={t('say.emptyTitle')} text={t('say.emptyText')} />;
  const waiting = rows.filter(({ advice }) => advice.what === 'stop' || advice.what === 'retrain');
  return (
    <>
      <Text size="lg">{t('say.sentence', { count: waiting.length })}</Text>
      <Text c="dimmed" mb="md" maw="44rem">
        {t('say.decides')}
      </Text>
      <SampleNote sample={labelers.data} />
      <Section
        title={t('say.title')}
        aside={
          <Button component="a" href={downloadUrl(`/projects/${project.id}/labelers/csv`)} variant="default" download>
            {t('say.file')}
          </Button>
        }
      >
        <LabelerTable project={project.id} rows={rows} sureness={sureness} />
      </Section>
      <Figures project={project.id} rows={rows} />
      <Judges project={project.id} />
    </>
  );
}

const CHARTED = ['agreement', 'researchers', 'accuracy', 'worth', 'weight', 'tie_bias'] as const;

/** Rows that are drawn. */
const ROWS = 40;

/** One figure of all labelers on one scale, the lowest first. */
function Figures({ project, rows }: { project: string; rows: readonly Labeler[] }): ReactNode {
  const { t } = useTranslation('labelers');
  const [filters, setFilter] = useFilters(['figure']);
  const figure = CHARTED.find((name) => name === filters.figure) ?? CHARTED[0];
  const sorted = useMemo(() => charted(rows, figure), [rows, figure]);
  const shown = useMemo(() => ends(sorted, ROWS), [sorted]);
  const labels = useMemo(() => shown.map(({ key }) => key), [shown]);
  const links = useMemo(() => labels.map((labeler) => itemsLink(project, { labeler })), [labels, project]);
  const [first, last] = [sorted[0], sorted.at(-1)];
  const title = t(`figure.${figure}`);
  return (
    <>
      <Segments
        label={t('say.figure')}
        value={figure}
        onChange={(name) => setFilter('figure', name === CHARTED[0] ? '' : name)}
        options={CHARTED.map((name) => ({ value: name, label: t(`figure.${name}`) }))}
      />
      <Text size="lg" mt="md">
        {first && last
          ? t('say.lies', {
              title,
              low: first.key,
              lowest: write(figure, first.estimates[figure]?.value ?? 0),
              high: last.key,
              highest: write(figure, last.estimates[figure]?.value ?? 0),
            })
          : t('say.none', { title })}
      </Text>
      <Text c="dimmed" mb="sm">
        {t(`about.${figure}`)}
      </Text>
      {first && (
        <Suspense fallback={<LoadingState />}>
          <IntervalChart rows={shown} labels={labels} statistic={figure} links={links} />
        </Suspense>
      )}
      {shown.length < sorted.length && (
        <Text c="dimmed" size="xs">
          {t('say.ends', { shown: formatNumber(shown.length), all: formatNumber(sorted.length) })}
        </Text>
      )}
    </>
  );
}

function charted(rows: readonly Labeler[], figure: (typeof CHARTED)[number]): Row[] {
  return rows
    .filter((row) => row[figure].value !== null)
    .sort((one, other) => (one[figure].value ?? 0) - (other[figure].value ?? 0))
    .map((row) => ({ key: row.labeler, labels: [row.labeler], estimates: { [figure]: row[figure] } }));
}
