/** What a labeler does not want to be given in one project. */
import { Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { optOut, optOutQuery, type SensitiveCategory } from '@/api/sensitive';
import { homeQuery } from '@/api/work';
import { paths } from '@/app/paths';
import { Page } from '@/components/Page';
import { SensitiveChoice } from '@/components/SensitiveChoice';
import { ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';

export function SensitivePage(): ReactNode {
  const { t } = useTranslation('beside');
  const { t: work } = useTranslation('work');
  const { project = '' } = useParams();
  const queries = useQueryClient();
  const own = useQuery(optOutQuery(project));
  const choosing = useMutation({
    mutationFn: (categories: SensitiveCategory[]) => optOut(project, categories),
    onSuccess: (chosen) => {
      queries.setQueryData(optOutQuery(project).queryKey, chosen);
      void queries.invalidateQueries({ queryKey: homeQuery.queryKey });
      // A task that was in hand may have gone to others.
      void queries.invalidateQueries({ queryKey: ['assignment'] });
    },
  });
  return (
    <Page title={t('sensitivePage.title')} intro={t('sensitivePage.intro')} trail={[{ label: work('home.title'), to: paths.home() }]}>
      {own.data ? (
        <Stack maw={720}>
          <SensitiveChoice
            label={t('sensitivePage.never')}
            description={t('sensitivePage.neverHelp')}
            value={choosing.isPending ? choosing.variables : own.data.categories}
            onChange={(categories) => choosing.mutate(categories)}
            disabled={choosing.isPending}
          />
          {choosing.isSuccess && (
            <Notice tone="good" role="status">
              {t('sensitivePage.saved')}
            </Notice>
          )}
          {choosing.error && (
            <Notice tone="bad" role="alert">
              <ErrorText error={choosing.error} />
            </Notice>
          )}
        </Stack>
      ) : own.error ? (
        <ErrorState error={own.error} onRetry={() => void own.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Page>
  );
}
