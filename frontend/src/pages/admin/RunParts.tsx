/** A reward model's accuracy by parts of the judged pairs, and what its scores promise beside what came true. */
import { Box, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/schemas';
import { formatNumber, formatPercent } from '@/app/format';
import { DataTable, type Column } from '@/components/DataTable';
import { Interval } from '@/components/Interval';
import { Section } from '@/components/Page';
import { useLabels } from '@/pages/research/labels';

type Accuracy = Pick<Part, 'accuracy' | 'accuracy_low' | 'accuracy_high' | 'pairs' | 'prompts'>;
type Part = Schema<'AccuracyPart'>;
type Promised = Schema<'Calibration'>;

const DIVISIONS = ['outputs', 'use_case', 'pool', 'agreement'] as const;
const AGREEMENTS = ['one', 'all', 'most', 'split'] as const;

function whole(share: number): string {
  return formatPercent(share, 0);
}

/** The columns that each of these tables ends with. */
function useAccuracyColumns(): Column<Accuracy>[] {
  const { t } = useTranslation('admin');
  return [
    { key: 'accuracy', header: t('report.values.accuracy'), numeric: true, cell: (row) => formatPercent(row.accuracy) },
    {
      key: 'interval',
      header: t('parts.interval'),
      cell: (row) => (
        <Box miw="15rem">
          <Interval
            mark={{ value: row.accuracy, low: row.accuracy_low, high: row.accuracy_high }}
            from={0}
            to={1}
            text={t('parts.says', { low: formatPercent(row.accuracy_low), high: formatPercent(row.accuracy_high) })}
            write={whole}
          />
        </Box>
      ),
    },
    { key: 'pairs', header: t('report.values.pairs'), numeric: true, cell: (row) => formatNumber(row.pairs) },
    { key: 'prompts', header: t('report.values.prompts'), numeric: true, cell: (row) => formatNumber(row.prompts) },
  ];
}

export function RunParts({ parts }: { parts: Schema<'RunParts'> }): ReactNode {
  const { t } = useTranslation('admin');
  const labels = useLabels();
  const last = useAccuracyColumns();

  function named(division: (typeof DIVISIONS)[number], part: string): string {
    if (division === 'use_case') return labels.useCase(part);
    const agreement = AGREEMENTS.find((one) => one === part);
    if (division === 'agreement' && agreement) return t(`parts.agreements.${agreement}`);
    return part || t('parts.none');
  }

  return (
    <>
      {DIVISIONS.map((division) => {
        const rows = parts.accuracy_by[division] ?? [];
        const columns: Column<Part>[] = [
          { key: 'part', header: t(`parts.of.${division}`), cell: (row) => named(division, row.part) },
          ...last,
          { key: 'longer', header: t('parts.longer'), numeric: true, cell: (row) => formatPercent(row.longer_wins) },
        ];
        return (
          rows.length > 0 && (
            <Section key={division} title={t(`parts.by.${division}`)}>
              <DataTable label={t(`parts.by.${division}`)} columns={columns} rows={rows} rowKey={(row) => row.part} empty={null} />
            </Section>
          )
        );
      })}
      <Section title={t('parts.calibration')}>
        <Text size="sm" c="dimmed" mb="xs">
          {t('parts.calibrationHelp')}
        </Text>
        <DataTable
          label={t('parts.calibration')}
          columns={[
            {
              key: 'range',
              header: t('parts.range'),
              cell: (row: Promised) => t('parts.from', { low: whole(row.at_least), high: whole(row.below) }),
            },
            { key: 'promised', header: t('parts.promised'), numeric: true, cell: (row: Promised) => formatPercent(row.promised) },
            ...last,
          ]}
          rows={parts.calibration}
          rowKey={(row) => String(row.at_least)}
          empty={null}
        />
      </Section>
    </>
  );
}
