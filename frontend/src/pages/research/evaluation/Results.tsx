/** What people found: a chart for each set of prompts and pool of labelers, and all figures as a table and a file. */
import { Button, Checkbox, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, useMemo, type CSSProperties, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { downloadUrl } from '@/api/client';
import { resultsQuery, type Evaluation, type ModelFigures, type Panel, type Results as Found } from '@/api/evaluation';
import type { Project } from '@/api/projects';
import { useFilters, withFilters } from '@/app/filters';
import { formatNumber, formatPercent } from '@/app/format';
import { paths } from '@/app/paths';
import { Choice } from '@/components/Choice';
import { DataTable } from '@/components/DataTable';
import { Section } from '@/components/Page';
import { EmptyState, ErrorState, LoadingState, Notice } from '@/components/states';
import classes from './Evaluation.module.css';
import { EstimateCell } from '../agreement/EstimateCell';
import { itemsLink } from '../items/itemsLink';
import { cell, estimateOf, FIGURES, scaleOf, write, type Figure } from './figures';
import { itemsBehind } from './itemsBehind';
import { useNames } from './names';
import { PanelChart } from './PanelChart';

interface ResultsProps {
  project: Project;
  evaluation: Evaluation;
}

export function Results({ project, evaluation }: ResultsProps): ReactNode {
  const { t } = useTranslation('evaluation');
  const [filters, setFilter] = useFilters(['figure', 'flag', 'accepted']);
  const accepted = filters.accepted === '1';
  const results = useQuery(resultsQuery(project.id, accepted));
  const figure: Figure = FIGURES.find((name) => name === filters.figure) ?? 'win_rate';
  if (!results.data) {
    return results.error ? (
      <ErrorState error={results.error} onRetry={() => void results.refetch()} />
    ) : (
      <LoadingState />
    );
  }
  const found = results.data;
  const flag = found.flags.includes(filters.flag) ? filters.flag : (found.flags.find((one) => one === 'hallucination') ?? found.flags[0] ?? '');
  const judged = found.panels.some(({ judgments }) => judgments > 0);
  return (
    <>
      <Group align="flex-end" gap="md" my="md">
        <Choice
          label={t('results.figure')}
          value={figure}
          onChange={(name) => setFilter('figure', name === 'win_rate' ? '' : name)}
          options={FIGURES.filter((name) => name !== 'flags' || found.flags.length > 0).map((value) => ({
            value,
            label: t(`figure.${value}`),
          }))}
        />
        {figure === 'flags' && (
          <Choice
            label={t('results.flag')}
            value={flag}
            onChange={(name) => setFilter('flag', name)}
            options={found.flags.map((value) => ({ value, label: value.replaceAll('_', ' ') }))}
          />
        )}
        <Checkbox
          label={t('results.accepted')}
          checked={accepted}
          onChange={(event) => setFilter('accepted', event.currentTarget.checked ? '1' : '')}
          mb={6}
        />
      </Group>
      {judged ? (
        <Figures project={project} evaluation={evaluation} found={found} figure={figure} flag={flag} />
      ) : (
        <EmptyState title={t('results.emptyTitle')} text={t('results.emptyText')}>
          <Button component={Link} to="?view=tasks" variant="default">
            {t('view.tasks')}
          </Button>
        </EmptyState>
      )}
    </>
  );
}

/** With one pool, the panel of all pools would repeat it; with no set of one's own, all prompts are the only set. */
function shownPanels(found: Found): Panel[] {
  const pools = new Set(found.panels.map(({ pool }) => pool));
  return found.panels.filter(({ pool }) => pools.size > 2 || pool !== 'all');
}

interface FiguresProps extends ResultsProps {
  found: Found;
  figure: Figure;
  flag: string;
}

function Figures({ project, evaluation, found, figure, flag }: FiguresProps): ReactNode {
  const { t } = useTranslation('evaluation');
  const names = useNames(evaluation);
  const panels = shownPanels(found);
  const scale = useMemo(
    () => scaleOf(figure, found.panels.flatMap(({ models }) => models.map((model) => estimateOf(model, figure, flag)))),
    [found, figure, flag],
  );
  const rows = panels.flatMap((panel) =>
    panel.models
      .filter((model) => estimateOf(model, figure, flag) !== null)
      .map((model) => ({ panel, model, key: `${panel.prompt_set} ${panel.pool} ${model.model}` })),
  );
  const behind = (panel: Panel, model?: string): ReturnType<typeof itemsBehind> =>
    itemsBehind({ panel, figure, flag, baseline: found.baseline, accepted: found.accepted_only, model });
  const whole = found.panels.at(-1);
  const title = figure === 'flags' ? flag.replaceAll('_', ' ') : t(`figure.${figure}`);
  return (
    <>
      <Text size="lg" mb="xs">
        {whole && sentence(whole, found, figure, flag, names.model, t)}
      </Text>
      <Text c="dimmed" maw="48rem">
        {t(`about.${figure}`, { baseline: names.model(found.baseline) })}
        {figure === 'flags' && flag === 'hallucination' && ` ${t('about.hallucination')}`}
      </Text>
      {found.share < 1 && <Notice tone="info">{t('results.sampled', { share: formatPercent(found.share) })}</Notice>}
      <div className={classes.panels} style={{ '--pools': new Set(panels.map(({ pool }) => pool)).size } as CSSProperties}>
        {panels.map((panel) => (
          <PanelFigure
            key={`${panel.prompt_set} ${panel.pool}`}
            panel={panel}
            figure={figure}
            flag={flag}
            scale={scale}
            title={t('results.panel', { set: names.set(panel.prompt_set), pool: names.pool(panel.pool) })}
            name={names.model}
            items={(model) => itemsLink(project.id, behind(panel, model))}
          />
        ))}
      </div>
      <Section
        title={t('results.table')}
        aside={
          <Button
            component="a"
            href={downloadUrl(withFilters(`/projects/${project.id}/evaluation/results/csv`, { accepted_only: found.accepted_only || '' }))}
            variant="default"
            download
          >
            {t('results.file')}
          </Button>
        }
      >
        <DataTable
          label={title}
          rows={rows}
          rowKey={({ key }) => key}
          empty={null}
          columns={[
            { key: 'set', header: t('column.set'), cell: ({ panel }) => names.set(panel.prompt_set) },
            { key: 'pool', header: t('column.pool'), cell: ({ panel }) => names.pool(panel.pool) },
            {
              key: 'model',
              header: t('column.model'),
              cell: ({ model }) => <Link to={paths.model(model.model)}>{names.model(model.model)}</Link>,
            },
            {
              key: 'value',
              header: title,
              numeric: true,
              cell: ({ model }) => {
                const found = estimateOf(model, figure, flag);
                return <EstimateCell text={cell(figure, found)} estimate={found} />;
              },
            },
            ...(figure === 'win_rate' || figure === 'length_controlled'
              ? [
                  {
                    key: 'record',
                    header: t('column.record'),
                    numeric: true,
                    cell: ({ panel, model }: { panel: Panel; model: ModelFigures }) => (
                      <Outcomes
                        model={model}
                        name={names.model(model.model)}
                        to={(outcome) =>
                          itemsLink(project.id, { ...behind(panel, model.model), outcome })
                        }
                      />
                    ),
                  },
                  {
                    key: 'prompts',
                    header: t('column.prompts'),
                    numeric: true,
                    cell: ({ model }: { model: ModelFigures }) => formatNumber(model.prompts),
                  },
                  {
                    key: 'longer',
                    header: t('column.longer'),
                    numeric: true,
                    cell: ({ model }: { model: ModelFigures }) => (model.longer === null ? '–' : formatNumber(model.longer)),
                  },
                ]
              : []),
          ]}
        />
      </Section>
    </>
  );
}

const OUTCOMES = [
  { outcome: 'won', count: 'wins' },
  { outcome: 'tied', count: 'ties' },
  { outcome: 'lost', count: 'losses' },
] as const;

interface OutcomesProps {
  model: ModelFigures;
  name: string;
  to: (outcome: (typeof OUTCOMES)[number]['outcome']) => string;
}

/** How often a model won, tied and lost against the baseline, each with a link to where. */
function Outcomes({ model, name, to }: OutcomesProps): ReactNode {
  const { t } = useTranslation('evaluation');
  return OUTCOMES.map(({ outcome, count }, index) => (
    <Fragment key={outcome}>
      {index > 0 && ' / '}
      {model[count] > 0 ? (
        <Link to={to(outcome)} aria-label={t(`items.${outcome}`, { model: name, count: formatNumber(model[count], 1) })}>
          {formatNumber(model[count], 1)}
        </Link>
      ) : (
        0
      )}
    </Fragment>
  ));
}

interface PanelFigureProps {
  panel: Panel;
  figure: Figure;
  flag: string;
  scale: [number, number];
  title: string;
  name: (model: string) => string;
  /** The address of the judged items behind it, or behind one model's mark. */
  items: (model?: string) => string;
}

function PanelFigure({ panel, figure, flag, scale, title, name, items }: PanelFigureProps): ReactNode {
  const { t } = useTranslation('evaluation');
  const marks = useMemo(
    () =>
      panel.models
        .map((model) => ({
          model: name(model.model),
          estimate: estimateOf(model, figure, flag),
          beside: figure === 'length_controlled' ? model.win_rate : null,
          to: items(model.model),
        }))
        .filter(({ estimate }) => estimate !== null),
    // `name` and `items` are made anew with each render and say the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [panel, figure, flag],
  );
  const missing = marks.find(({ estimate }) => estimate?.why)?.estimate?.why;
  return (
    <figure className={classes.panel}>
      <figcaption>
        <Text fw={600}>{title}</Text>
        <Text size="xs" c="dimmed">
          {t('results.rests', { judgments: formatNumber(panel.judgments), prompts: formatNumber(panel.prompts) })} · <Link to={items()}>{t('results.items')}</Link>
        </Text>
      </figcaption>
      {marks.some(({ estimate }) => estimate?.value !== null) && <PanelChart marks={marks} figure={figure} scale={scale} />}
      {missing && (
        <Text size="xs" c="dimmed">
          {missing}
        </Text>
      )}
    </figure>
  );
}

type Translate = ReturnType<typeof useTranslation<'evaluation'>>['t'];

/** The finding about all prompts and pools that stands out most, in one sentence. */
function sentence(
  whole: Panel,
  found: Found,
  figure: Figure,
  flag: string,
  name: (model: string) => string,
  t: Translate,
): string {
  const known = whole.models.flatMap((model) => {
    const estimate = estimateOf(model, figure, flag);
    return estimate && estimate.value !== null ? [{ model: name(model.model), value: estimate.value, estimate }] : [];
  });
  known.sort((one, other) => other.value - one.value);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return t('sentence.none');
  const { low, high } = first.estimate;
  const said = {
    model: first.model,
    value: write(figure, first.value),
    low: typeof low === 'number' ? write(figure, low) : '–',
    high: typeof high === 'number' ? write(figure, high) : '–',
    baseline: name(found.baseline),
    last: last.model,
    lastValue: write(figure, last.value),
  };
  if (figure === 'win_rate' || figure === 'length_controlled') return t(`sentence.${figure}`, said);
  if (figure === 'elo' && said.model === said.baseline) return t('sentence.eloBaseline', said);
  if (figure === 'flags') return t('sentence.flags', { ...said, flag: flag.replaceAll('_', ' ') });
  return t(`sentence.${figure}`, said);
}
