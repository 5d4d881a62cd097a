/** How far reward models have scored the project's outputs, and having them score the rest. */
import { Button, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { scoreOutputs, scoresQuery } from '@/api/curate';
import type { Project } from '@/api/projects';
import { formatNumber } from '@/app/format';
import { DataTable } from '@/components/DataTable';
import { EmptyState, ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';

const OVER = ['done', 'failed', 'halted', 'cancelled'];

export function ScoresView({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('curate');
  const { t: admin } = useTranslation('admin');
  const queries = useQueryClient();
  const scores = useQuery(scoresQuery(project.id));
  const starting = useMutation({
    mutationFn: (reward: string) => scoreOutputs(project.id, reward),
    onSuccess: () => queries.invalidateQueries({ queryKey: scoresQuery(project.id).queryKey }),
  });
  if (!scores.data) {
    return scores.error ? <ErrorState error={scores.error} onRetry={() => void scores.refetch()} /> : <LoadingState />;
  }
  const { outputs, models } = scores.data;
  return (
    <>
      <Text c="dimmed" my="sm" maw="44rem">
        {t('scores.intro')}
      </Text>
      {starting.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={starting.error} />
        </Notice>
      )}
      <DataTable
        label={t('view.scores')}
        rows={models}
        rowKey={(one) => one.model}
        empty={<EmptyState title={t('scores.emptyTitle')} text={t('scores.emptyText')} />}
        columns={[
          { key: 'model', header: t('scores.model'), cell: (one) => one.name },
          {
            key: 'scored',
            header: t('scores.scored'),
            cell: (one) => t('scores.of', { scored: formatNumber(one.scored), outputs: formatNumber(outputs) }),
          },
          { key: 'mean', header: t('scores.mean'), numeric: true, cell: (one) => (one.mean === null ? '–' : formatNumber(one.mean, 2)) },
          {
            key: 'deviation',
            header: t('scores.deviation'),
            numeric: true,
            cell: (one) => (one.deviation === null ? '–' : formatNumber(one.deviation, 2)),
          },
          { key: 'run', header: t('scores.run'), cell: (one) => (one.run ? admin(`runStatus.${one.run.status}`) : '–') },
          {
            key: 'start',
            header: '',
            cell: (one) => (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={t('scores.startOf', { name: one.name })}
                disabled={one.scored >= outputs || (one.run !== null && !OVER.includes(one.run.status))}
                loading={starting.isPending && starting.variables === one.model}
                onClick={() => starting.mutate(one.model)}
              >
                {t('scores.start')}
              </Button>
            ),
          },
        ]}
      />
    </>
  );
}
