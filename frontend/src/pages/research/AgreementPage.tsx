/** How far labelers agree: five statistics, each with its interval and the number that it rests on, beside the paper's. */
import { SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { agreementQuery, type Project } from '@/api/projects';
import type { Schema } from '@/api/schemas';
import { formatNumber, formatPercent } from '@/app/format';
import { Interval } from '@/components/Interval';
import { Section } from '@/components/Page';
import { ErrorState, LoadingState, Notice } from '@/components/states';
import classes from './Review.module.css';
import { ProjectFrame } from './ProjectFrame';

export function AgreementPage(): ReactNode {
  return <ProjectFrame tab="agreement">{(project) => <Agreement project={project} />}</ProjectFrame>;
}

/** Shares lie between 0 and 1; coefficients may fall to -1, but what is worth drawing is above chance. */
const STATISTICS = [
  { name: 'pairwise', share: true },
  { name: 'pairwise_decided', share: true },
  { name: 'alpha_nominal', share: false },
  { name: 'alpha_ordinal', share: false },
  { name: 'fleiss_kappa', share: false },
] as const;

function Agreement({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('research');
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
        {t('agreement.rests', {
          units: formatNumber(found.units),
          labelers: formatNumber(found.labelers),
          judgments: formatNumber(found.judgments),
        })}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {STATISTICS.map(({ name, share }) => (
          <article key={name} className={classes.card} aria-labelledby={`statistic-${name}`}>
            <Text fw={600} id={`statistic-${name}`}>
              {t(`agreement.${name}.title`)}
            </Text>
            <Statistic estimate={found[name]} share={share} title={t(`agreement.${name}.title`)} />
            <Text c="dimmed" size="xs">
              {t(`agreement.${name}.help`)}
            </Text>
          </article>
        ))}
      </SimpleGrid>
      <Section title={t('agreement.paper')}>
        <Text c="dimmed" mb="sm" maw="44rem">
          {t('agreement.paperHelp')}
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {(['training', 'held_out'] as const).map((name) => {
            const { value, error } = found.paper[name];
            const text = t('agreement.published', { value: formatPercent(value), error: formatPercent(error) });
            return (
              <article key={name} className={classes.card}>
                <Text fw={600}>{t(`agreement.of.${name}`)}</Text>
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

type Translate = ReturnType<typeof useTranslation<'research'>>['t'];

function sentence(pairwise: Schema<'Estimate'>, t: Translate): string {
  const { value, low, high } = pairwise;
  if (value === null || typeof low !== 'number' || typeof high !== 'number') return t('agreement.noSentence');
  return t('agreement.sentence', { value: formatPercent(value), low: formatPercent(low), high: formatPercent(high) });
}

function Statistic({ estimate, share, title }: { estimate: Schema<'Estimate'>; share: boolean; title: string }): ReactNode {
  const { t } = useTranslation('research');
  const { value, low, high, n } = estimate;
  if (value === null) return <Notice tone="info">{estimate.why ?? t('agreement.undefined')}</Notice>;
  const write = (number: number): string => (share ? formatPercent(number) : formatNumber(number, 2));
  if (low === null || low === undefined || high === null || high === undefined) {
    return (
      <>
        <Text size="lg">{write(value)}</Text>
        <Notice tone="info">{estimate.why ?? t('agreement.noInterval')}</Notice>
      </>
    );
  }
  const text = t('agreement.interval', { value: write(value), low: write(low), high: write(high) });
  return (
    <>
      <Text size="lg">{write(value)}</Text>
      <Interval
        mark={{ value, low, high }}
        from={share ? 0 : Math.min(0, Math.floor(low * 4) / 4)}
        to={1}
        text={`${title}: ${text}`}
        write={share ? wholePercent : (number) => formatNumber(number, 2)}
      />
      <Text size="xs">
        {t('agreement.range', { low: write(low), high: write(high) })}
        {n !== undefined && ` · ${t('agreement.n', { count: n })}`}
      </Text>
    </>
  );
}
