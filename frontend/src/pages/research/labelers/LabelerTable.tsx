/** Each labeler's figures with their intervals, and what is suggested with its reasons. */
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Labeler } from '@/api/labelers';
import type { Schema } from '@/api/schemas';
import { formatNumber, formatPercent } from '@/app/format';
import { DataTable } from '@/components/DataTable';
import { Status, type Tone } from '@/components/Status';
import { EstimateCell } from '../agreement/EstimateCell';
import { cell } from '../agreement/estimates';
import { itemsLink } from '../items/itemsLink';

interface LabelerTableProps {
  project: string;
  rows: readonly Labeler[];
  sureness: Schema<'Labelers'>['sureness'];
}

const ESTIMATES = ['agreement', 'researchers', 'accuracy', 'worth', 'weight', 'tie_bias'] as const;
const CHECKS = ['gold', 'constant'] as const;

export function LabelerTable({ project, rows, sureness }: LabelerTableProps): ReactNode {
  const { t } = useTranslation('labelers');
  return (
    <>
      <DataTable
        label={t('say.title')}
        rows={rows}
        rowKey={(row) => row.labeler}
        empty={null}
        columns={[
          {
            key: 'labeler',
            header: t('labeler'),
            cell: (row) => (
              <>
                <Text size="sm">{row.labeler}</Text>
                <Text size="xs" c="dimmed">
                  {t(`pool.${row.pool}`)} ·{' '}
                  <Link to={itemsLink(project, { labeler: row.labeler })} aria-label={t('say.itemsOf', { labeler: row.labeler })}>
                    {t('say.items')}
                  </Link>
                </Text>
              </>
            ),
          },
          { key: 'advice', header: t('suggestion'), cell: (row) => <Advice advice={row.advice} /> },
          ...ESTIMATES.map((name) => ({
            key: name,
            header: t(`figure.${name}`),
            numeric: true,
            cell: (row: Labeler) => <EstimateCell text={cell(name, row[name])} estimate={row[name]} />,
          })),
          ...CHECKS.map((name) => ({
            key: name,
            header: t(`figure.${name}`),
            numeric: true,
            cell: (row: Labeler) =>
              row[name].n > 0 ? <EstimateCell text={cell('agreement', row[name])} estimate={row[name]} /> : <Quiet>{t('say.unanswered')}</Quiet>,
          })),
          {
            key: 'threshold',
            header: t('figure.threshold'),
            numeric: true,
            cell: (row) => <Threshold threshold={row.threshold} />,
          },
        ]}
      />
      <Text size="xs" c="dimmed">
        {t('figure.threshold')}: {t(`threshold.${sureness}`)}
      </Text>
    </>
  );
}

const TONES: Record<Schema<'Advice'>['what'], Tone> = { stop: 'bad', retrain: 'warn', more: 'quiet', none: 'good' };
const COUNTS = new Set(['few_votes']);
const COEFFICIENTS = new Set(['tells_nothing']);

function Advice({ advice }: { advice: Schema<'Advice'> }): ReactNode {
  const { t } = useTranslation('labelers');
  return (
    <>
      <Status tone={TONES[advice.what]}>{t(`advice.${advice.what}`)}</Status>
      {advice.reasons.map(({ code, value, limit }) => {
        const say = COUNTS.has(code)
          ? (number: number) => formatNumber(number)
          : COEFFICIENTS.has(code)
            ? (number: number) => formatNumber(number, 2)
            : (number: number) => formatPercent(number);
        return (
          <Text key={code} size="xs" c="dimmed" maw="18rem">
            {t(`reason.${code as 'drifts'}`, { value: say(value), limit: say(limit) })}
          </Text>
        );
      })}
    </>
  );
}

function Threshold({ threshold: { value, low, high, n, why } }: { threshold: Labeler['threshold'] }): ReactNode {
  const { t } = useTranslation('labelers');
  if (value === null) return <Quiet wide>{why}</Quiet>;
  const steps = (count: number | null): string => (count === null ? t('threshold.beyond') : t('threshold.steps', { count }));
  return (
    <>
      <Text size="sm">{steps(value)}</Text>
      <Quiet>{why ?? t('threshold.range', { low: steps(low), high: steps(high) })}</Quiet>
      <Quiet>{t('say.n', { count: n })}</Quiet>
    </>
  );
}

/** `wide` for sentences, which would stand a word a line. */
function Quiet({ children, wide }: { children: ReactNode; wide?: boolean }): ReactNode {
  return (
    <Text size="xs" c="dimmed" miw={wide ? '9rem' : undefined} maw="12rem" ml="auto">
      {children}
    </Text>
  );
}
