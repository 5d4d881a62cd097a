/** Who was screened, under random codes: each part's score with what it rests on, and the decision, made once. */
import { Button, Group, Radio, Text, Textarea } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { pagedQuery } from '@/api/paged';
import { decideScreening, screeningsPath, toRateQuery, type ScreeningResult } from '@/api/screening';
import { formatNumber, formatPercent } from '@/app/format';
import { ConfirmPanel } from '@/components/ConfirmPanel';
import { PagedTable } from '@/components/DataTable';
import { Section } from '@/components/Page';
import { EmptyState } from '@/components/states';

/** A code as it is spoken of: its first characters. */
const short = (id: string): string => id.slice(0, 8);

export function Results({ project }: { project: string }): ReactNode {
  const { t } = useTranslation('research');
  const queries = useQueryClient();
  const results = useInfiniteQuery(pagedQuery<ScreeningResult>(screeningsPath(project)));
  const [deciding, setDeciding] = useState<ScreeningResult | null>(null);
  const refresh = (): void => {
    setDeciding(null);
    void queries.invalidateQueries({ queryKey: ['list', screeningsPath(project)] });
    void queries.invalidateQueries({ queryKey: toRateQuery(project).queryKey });
  };
  return (
    <Section title={t('screening.results')}>
      <Text c="dimmed" mb="sm">
        {t('screening.resultsIntro')}
      </Text>
      {deciding && <Decide key={deciding.id} result={deciding} onDone={refresh} onCancel={() => setDeciding(null)} />}
      <PagedTable
        query={results}
        label={t('screening.results')}
        rowKey={(result) => result.id}
        empty={<EmptyState title={t('screening.emptyTitle')} text={t('screening.emptyText')} />}
        columns={[
          { key: 'code', header: t('screening.code'), cell: (result) => <code>{short(result.id)}</code> },
          { key: 'progress', header: t('screening.progress'), cell: (result) => <Progress result={result} /> },
          {
            key: 'flagging',
            header: t('part.flagging'),
            numeric: true,
            cell: ({ scores }) => <Share {...scores.flagging} />,
          },
          { key: 'ranking', header: t('part.ranking'), numeric: true, cell: ({ scores }) => <Share {...scores.ranking} /> },
          {
            key: 'demonstrations',
            header: t('part.demonstrations'),
            numeric: true,
            cell: ({ scores: { demonstrations: { value, n, of, cutoff } } }) => (
              <Score value={value} cutoff={cutoff} text={formatNumber(value ?? 0, 2)} n={t('screening.rated', { n, of })} />
            ),
          },
          {
            key: 'topics',
            header: t('screening.topics'),
            cell: (result) => (
              <>
                {result.topics || '–'}
                {result.groups && <div>{result.groups}</div>}
              </>
            ),
          },
          {
            key: 'decision',
            header: t('screening.decision'),
            cell: (result) =>
              result.decision ? (
                <>
                  {t(result.decision.qualified ? 'screening.qualified' : 'screening.declined', { name: result.username })}
                  <div>{result.decision.reason}</div>
                </>
              ) : (
                <Button
                  size="compact-sm"
                  variant="default"
                  disabled={!result.complete || result.unrated > 0}
                  aria-label={t('screening.decideOn', { code: short(result.id) })}
                  onClick={() => setDeciding(result)}
                >
                  {t('screening.decide')}
                </Button>
              ),
          },
        ]}
      />
    </Section>
  );
}

function Progress({ result }: { result: ScreeningResult }): ReactNode {
  const { t } = useTranslation('research');
  const total = result.parts.reduce((sum, part) => sum + part.total, 0);
  const done = result.parts.reduce((sum, part) => sum + part.done, 0);
  const skipped = result.parts.reduce((sum, part) => sum + part.skipped, 0);
  return (
    <>
      {result.complete ? t('screening.complete') : t('screening.doneOf', { done: done + skipped, total })}
      {skipped > 0 && <div>{t('screening.skipped', { count: skipped })}</div>}
      {result.unrated > 0 && <div>{t('screening.unrated', { count: result.unrated })}</div>}
    </>
  );
}

function Share({ value, agree, n, cutoff }: ScreeningResult['scores']['flagging']): ReactNode {
  const { t } = useTranslation('research');
  return <Score value={value} cutoff={cutoff} text={formatPercent(value ?? 0, 0)} n={t('screening.agree', { agree, n })} />;
}

/** A score, with a word beside it where it is under the cutoff: colour alone would not say it. */
function Score({ value, cutoff, text, n }: { value: number | null; cutoff: number; text: string; n: string }): ReactNode {
  const { t } = useTranslation('research');
  if (value === null) return '–';
  return (
    <>
      <strong>{text}</strong>
      <Text size="xs" c="dimmed">
        {n}
      </Text>
      {value < cutoff && <Text size="xs">{t('screening.under')}</Text>}
    </>
  );
}

interface DecideProps {
  result: ScreeningResult;
  onDone: () => void;
  onCancel: () => void;
}

function Decide({ result, onDone, onCancel }: DecideProps): ReactNode {
  const { t } = useTranslation('research');
  const [choice, setChoice] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const deciding = useMutation({
    mutationFn: () => decideScreening(result.id, { qualified: choice === 'qualify', reason }),
    onSuccess: onDone,
  });
  const ready = choice !== null && reason.trim() !== '';
  return (
    <ConfirmPanel
      title={t('screening.decideOn', { code: short(result.id) })}
      group={t('screening.decision')}
      confirm={t('screening.confirm')}
      ready={ready}
      deed={deciding}
      onCancel={onCancel}
    >
      <Radio.Group value={choice} onChange={setChoice} label={t('screening.decision')}>
        <Group mt={4}>
          <Radio value="qualify" label={t('screening.qualify')} />
          <Radio value="decline" label={t('screening.decline')} />
        </Group>
      </Radio.Group>
      <Textarea
        label={t('screening.reason')}
        description={t('screening.reasonHelp')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        autosize
        minRows={2}
        required
      />
    </ConfirmPanel>
  );
}
