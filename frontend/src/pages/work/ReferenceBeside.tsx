/** What researchers say the answer is, beside one's own: after the work is accepted, where the project shows it. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { shownReferenceQuery, type ShownReference } from '@/api/reference';
import type { Assignment } from '@/api/types';
import { DataTable } from '@/components/DataTable';
import { Letter } from '@/components/Letter';
import { Markdown } from '@/components/Markdown';
import { Section } from '@/components/Page';
import { ErrorState } from '@/components/states';
import { letterOf } from '@/work/letters';

export default function ReferenceBeside({ assignment }: { assignment: Assignment }): ReactNode {
  const { t } = useTranslation('beside');
  const reference = useQuery(shownReferenceQuery(assignment.id));
  if (reference.error) return <ErrorState error={reference.error} onRetry={() => void reference.refetch()} />;
  // Most items have none, and a page need not say so.
  if (!reference.data) return null;
  const { note, response, outputs } = reference.data;
  return (
    <Section title={t('reference.title')}>
      <Text c="dimmed" mb="xs">
        {t('reference.intro')}
      </Text>
      {outputs.length > 0 && <Outputs assignment={assignment} reference={reference.data} />}
      {response !== null && <Markdown text={response} />}
      {note && (
        <>
          <Text fw={600} mt="sm">
            {t('reference.note')}
          </Text>
          <Markdown text={note} />
        </>
      )}
    </Section>
  );
}

function Outputs({ assignment, reference }: { assignment: Assignment; reference: ShownReference }): ReactNode {
  const { t } = useTranslation('beside');
  const { t: work } = useTranslation('work');
  const position = (candidate: string): number => assignment.candidates.findIndex((one) => one.id === candidate);
  return (
    <>
      <Text mb="xs">{t('reference.pairs', { agree: reference.agree, count: reference.pairs })}</Text>
      <DataTable
        label={t('reference.title')}
        rows={[...reference.outputs].sort((one, other) => one.reference_rank - other.reference_rank)}
        rowKey={(output) => output.candidate}
        empty={null}
        columns={[
          {
            key: 'output',
            header: t('calibration.output'),
            cell: (output) => (
              <>
                <Letter position={position(output.candidate)} size="sm" />
                <span className="visually-hidden">
                  {work('comparison.output', { letter: letterOf(position(output.candidate)) })}
                </span>
              </>
            ),
          },
          { key: 'rank', header: t('reference.rank'), cell: (output) => output.reference_rank, numeric: true },
          { key: 'own', header: t('reference.ownRank'), cell: (output) => output.rank, numeric: true },
          { key: 'overall', header: t('reference.rating'), cell: (output) => output.reference_overall ?? '–', numeric: true },
          { key: 'ownOverall', header: t('reference.ownRating'), cell: (output) => output.overall ?? '–', numeric: true },
        ]}
      />
    </>
  );
}
