/** How far labelers agree: each statistic with its interval and what it rests on, beside the paper's; and by many things. */
import { NativeSelect, SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { agreementQuery, type Project } from '@/api/projects';
import type { Schema } from '@/api/schemas';
import { useFilters } from '@/app/filters';
import { formatFixed, formatNumber, formatPercent } from '@/app/format';
import { Interval } from '@/components/Interval';
import { Section } from '@/components/Page';
import { ErrorState, LoadingState, Notice } from '@/components/states';
import classes from './Review.module.css';
import { SampleNote } from './agreement/SampleNote';
import { BYS, TableView, type By } from './agreement/TableView';
import { itemsLink } from './items/itemsLink';
import { ProjectFrame } from './ProjectFrame';

export function AgreementPage(): ReactNode {
  return <ProjectFrame tab="agreement">{(project) => <Views project={project} />}</ProjectFrame>;
}

function Views({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('agreement');
  const [filters, setFilter] = useFilters(['by']);
  const by = BYS.find((name) => name === filters.by);
  return (
    <>
      <NativeSelect
        label={t('say.by')}
        value={by ?? ''}
        onChange={(event) => setFilter('by', event.currentTarget.value)}
        data={[{ value: '', label: t('by.all') }, ...BYS.map((name: By) => ({ value: name, label: t(`by.${name}`) }))]}
        maw="20rem"
        mb="md"
      />
      {by ? <TableView key={by} project={project.id} by={by} /> : <Agreement project={project} />}
    </>
  );
}

/** Shares lie between 0 and 1; coefficients may fall to -1, but what is worth drawing is above chance. */
const STATISTICS = [
  { name: 'pairwise', share: true },
  { name: 'pairwise_decided', share: true },
  { name: 'alpha_nominal', share: false },
  { name: 'alpha_ordinal', share: false },
  { name: 'fleiss_kappa', share: false },
  { name: 'gwet_ac1', share: false },
  { name: 'gwet_ac2', share: false },
  { name: 'kendall_tau_b', share: false },
  { name: 'kendall_w', share: false },
] as const;

function Agreement({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('agreement');
  const agreement = useQuery(agreementQuery(project.id));
  if (!agreement.data) {
    return agreement.error ? (
      <ErrorState error={agreement.error} onRetry={() => void agreement.refetch()} />
    ) : (
      <LoadingState />
    );
  }
  const found = agreement.data;
  return (
    <>
      <Text size="lg" mb="md">
        {sentence(found.pairwise, t)}
      </Text>
      <Text c="dimmed" mb="lg">
        {t('say.rests', {
          units: formatNumber(found.units),
          labelers: formatNumber(found.labelers),
          judgments: formatNumber(found.judgments),
        })}
      </Text>
      <Text mb="lg">
        <Link to={itemsLink(project.id, {})}>{t('say.items')}</Link>
      </Text>
      <SampleNote sample={found} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {STATISTICS.map(({ name, share }) => (
          <article key={name} className={classes.card} aria-labelledby={`statistic-${name}`}>
            <Text fw={600} id={`statistic-${name}`}>
              {t(`statistic.${name}.title`)}
            </Text>
            <Statistic estimate={found[name]} share={share} title={t(`statistic.${name}.title`)} />
            <Text c="dimmed" size="xs">
              {t(`statistic.${name}.help`)}
            </Text>
          </article>
        ))}
      </SimpleGrid>
      <Section title={t('paper.title')}>
        <Text c="dimmed" mb="sm" maw="44rem">
          {t('paper.help')}
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {(['training', 'held_out', 'researcher'] as const).map((name) => {
            const { value, error } = found.paper[name];
            const text = t('paper.published', { value: formatPercent(value), error: formatPercent(error) });
            return (
              <article key={name} className={classes.card}>
                <Text fw={600}>{t(`paper.${name}`)}</Text>
                <Text>{text}</Text>
                <Interval
                  mark={{ value, low: value - error, high: value + error, quiet: true }}
                  from={0}
                  to={1}
                  text={text}
                  write={wholePercent}
                />
              </article>
            );
          })}
        </SimpleGrid>
      </Section>
    </>
  );
}

const wholePercent = (share: number): string => formatPercent(share, 0);

type Translate = ReturnType<typeof useTranslation<'agreement'>>['t'];

function sentence(pairwise: Schema<'Estimate'>, t: Translate): string {
  const { value, low, high } = pairwise;
  if (value === null || typeof low !== 'number' || typeof high !== 'number') return t('say.noSentence');
  return t('say.sentence', { value: formatPercent(value), low: formatPercent(low), high: formatPercent(high) });
}

function Statistic({ estimate, share, title }: { estimate: Schema<'Estimate'>; share: boolean; title: string }): ReactNode {
  const { t } = useTranslation('agreement');
  const { value, low, high, n } = estimate;
  if (value === null) return <Notice tone="info">{estimate.why ?? t('say.undefined')}</Notice>;
  const write = (number: number): string => (share ? formatPercent(number) : formatFixed(number, 2));
  if (low === null || low === undefined || high === null || high === undefined) {
    return (
      <>
        <Text size="lg">{write(value)}</Text>
        <Notice tone="info">{estimate.why ?? t('say.noInterval')}</Notice>
      </>
    );
  }
  const text = t('say.interval', { value: write(value), low: write(low), high: write(high) });
  return (
    <>
      <Text size="lg">{write(value)}</Text>
      <Interval
        mark={{ value, low, high }}
        from={share ? 0 : Math.min(0, Math.floor(low * 4) / 4)}
        to={1}
        text={`${title}: ${text}`}
        write={share ? wholePercent : (number) => formatFixed(number, 2)}
      />
      <Text size="xs">
        {t('say.range', { low: write(low), high: write(high) })}
        {n !== undefined && ` · ${t('say.n', { count: n })}`}
      </Text>
    </>
  );
}
