/** After a calibration task: the researchers' answer beside one's own, where the two differ, and why. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { feedbackQuery, type Feedback } from '@/api/screening';
import type { Assignment } from '@/api/types';
import { assignmentQuery, homeQuery, nextTask } from '@/api/work';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { DataTable } from '@/components/DataTable';
import { Key } from '@/components/Key';
import { Letter } from '@/components/Letter';
import { Markdown } from '@/components/Markdown';
import { Page, Section } from '@/components/Page';
import { ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import classes from './CalibrationFeedback.module.css';

export function CalibrationFeedback({ assignment }: { assignment: Assignment }): ReactNode {
  const { t } = useTranslation('beside');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const feedback = useQuery(feedbackQuery(assignment.id));
  const goingOn = useMutation({
    mutationFn: () => nextTask(assignment.project),
    onSuccess: (next) => {
      void queries.invalidateQueries({ queryKey: homeQuery.queryKey });
      if (next) queries.setQueryData(assignmentQuery(next.id).queryKey, next);
      void navigate(next ? paths.work(next.id) : paths.home());
    },
  });
  const goOn = (): void => {
    if (!goingOn.isPending) goingOn.mutate();
  };
  useKeys([{ keys: 'Enter', label: t('calibration.goOn'), group: t('calibration.title'), run: goOn }]);
  // The page changed under the keys: say so to who does not see it, and read from the top.
  const top = useRef<HTMLDivElement>(null);
  const loaded = feedback.data !== undefined;
  useEffect(() => top.current?.focus(), [loaded]);
  return (
    <Page title={t('calibration.title')} intro={t('calibration.intro')}>
      {feedback.data ? (
        <Stack gap="md" ref={top} tabIndex={-1} className={classes.content}>
          <Comparison assignment={assignment} feedback={feedback.data} />
          {goingOn.error && (
            <Notice tone="bad" role="alert">
              <ErrorText error={goingOn.error} />
            </Notice>
          )}
          <Group>
            <Button onClick={goOn} loading={goingOn.isPending} rightSection={<Key keys="Enter" />}>
              {t('calibration.goOn')}
            </Button>
          </Group>
        </Stack>
      ) : feedback.error ? (
        <ErrorState error={feedback.error} onRetry={() => void feedback.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Page>
  );
}

function Comparison({ assignment, feedback }: { assignment: Assignment; feedback: Feedback }): ReactNode {
  const { t } = useTranslation('beside');
  const { t: common } = useTranslation();
  const labels = new Map(
    [...(assignment.rubric?.content.prompt_flags ?? []), ...(assignment.rubric?.content.output_flags ?? [])].map(
      (flag) => [flag.key, flag.label],
    ),
  );
  const flags = (differing: Feedback['prompt_flags']): ReactNode =>
    differing.length === 0
      ? t('calibration.same')
      : differing.map((flag) => (
          <div key={flag.flag}>
            {t('calibration.flag', {
              flag: labels.get(flag.flag) ?? flag.flag,
              yours: common(flag.yours ? 'yes' : 'no'),
              key: common(flag.key ? 'yes' : 'no'),
            })}
          </div>
        ));
  const position = (candidate: string): number => assignment.candidates.findIndex((one) => one.id === candidate);
  return (
    <>
      <Section title={t('calibration.reasons')}>
        <Markdown text={feedback.reasons} />
      </Section>
      {feedback.kind === 'comparison' && (
        <Section title={t('calibration.beside')}>
          <Text mb="xs">{t('calibration.pairs', { agree: feedback.agree, count: feedback.pairs })}</Text>
          <DataTable
            label={t('calibration.beside')}
            rows={feedback.outputs}
            rowKey={(output) => output.candidate}
            empty={null}
            columns={[
              {
                key: 'output',
                header: t('calibration.output'),
                cell: (output) => <Letter position={position(output.candidate)} size="sm" />,
              },
              {
                key: 'overall',
                header: t('calibration.rating'),
                cell: (output) => t('calibration.yoursAndKey', { yours: output.overall, key: output.key_overall }),
              },
              {
                key: 'rank',
                header: t('calibration.rank'),
                cell: (output) => t('calibration.yoursAndKey', { yours: output.rank, key: output.key_rank }),
              },
              { key: 'flags', header: t('calibration.flags'), cell: (output) => flags(output.flags) },
              { key: 'note', header: t('calibration.note'), cell: (output) => output.note || '–' },
            ]}
          />
        </Section>
      )}
      {feedback.response !== null && (
        <Section title={t('calibration.response')}>
          <Markdown text={feedback.response} />
        </Section>
      )}
      <Section title={t('calibration.promptFlags')}>{flags(feedback.prompt_flags)}</Section>
    </>
  );
}
