/** A project's guideline for one kind of task, to read in peace and to acknowledge when it is new. */
import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { TaskKind } from '@/api/types';
import { acknowledgeGuideline, guidelinesQuery, homeQuery } from '@/api/work';
import { paths } from '@/app/paths';
import { Page } from '@/components/Page';
import { EmptyState, ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import { Time } from '@/components/Time';
import { acknowledgedBefore, GuidelineViews } from './GuidelineViews';

export function GuidelinePage(): ReactNode {
  const { t } = useTranslation('work');
  const { t: common } = useTranslation();
  const { t: learn } = useTranslation('learn');
  const { project = '', kind = 'comparison' } = useParams() as { project: string; kind: TaskKind };
  const queries = useQueryClient();
  const query = guidelinesQuery(project, kind);
  const guidelines = useQuery(query);
  const guideline = guidelines.data?.results[0];
  const before = guideline && acknowledgedBefore(guidelines.data?.results ?? [], guideline.version);
  const acknowledging = useMutation({
    mutationFn: acknowledgeGuideline,
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: query.queryKey });
      void queries.invalidateQueries({ queryKey: homeQuery.queryKey });
    },
  });
  return (
    <Page
      title={t(`home.guideline.${kind}`)}
      trail={[{ label: common('nav.home'), to: paths.home() }]}
      intro={
        guideline && (
          <>
            {t('guideline.version', { version: guideline.version })} · <Time at={guideline.created_at} />
          </>
        )
      }
    >
      {guidelines.error && !guidelines.data && (
        <ErrorState error={guidelines.error} onRetry={() => void guidelines.refetch()} />
      )}
      {guidelines.isPending && <LoadingState />}
      {guidelines.data && !guideline && <EmptyState title={t('frame.guideline')} text={t('guideline.none')} />}
      {guideline && (
        <>
          {!guideline.acknowledged && before && (
            <Notice tone="info">{learn('guideline.newVersion', { before: before.version, version: guideline.version })}</Notice>
          )}
          <GuidelineViews key={guideline.version} project={project} kind={kind} guideline={guideline} before={before} />
          {acknowledging.error && (
            <Notice tone="bad" role="alert">
              <ErrorText error={acknowledging.error} />
            </Notice>
          )}
          {guideline.acknowledged ? (
            <Group mt="lg">
              <Text c="dimmed">{t('guideline.acknowledged')}</Text>
              <Button component={Link} to={paths.home()} variant={acknowledging.isSuccess ? 'filled' : 'default'}>
                {t('guideline.toWork')}
              </Button>
            </Group>
          ) : (
            <Button mt="lg" loading={acknowledging.isPending} onClick={() => acknowledging.mutate(guideline.id)}>
              {t('guideline.acknowledge')}
            </Button>
          )}
        </>
      )}
    </Page>
  );
}
