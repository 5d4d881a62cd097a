/** The demonstrations of screenings, one by one, rated 1 to 7 by keys; whose each is cannot be seen. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { rateDemonstration, screeningsPath, toRateQuery } from '@/api/screening';
import { useKeys } from '@/app/keys';
import { Markdown } from '@/components/Markdown';
import { Section } from '@/components/Page';
import { ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import { Messages } from '../Messages';

const SCALE = [1, 2, 3, 4, 5, 6, 7] as const;

export function RateDemonstrations({ project }: { project: string }): ReactNode {
  const { t } = useTranslation('research');
  const queries = useQueryClient();
  const query = toRateQuery(project);
  const waiting = useQuery(query);
  const first = waiting.data?.results[0];
  const rating = useMutation({
    mutationFn: ({ judgment, value }: { judgment: string; value: number }) => rateDemonstration(judgment, value),
    onSettled: () => queries.invalidateQueries({ queryKey: query.queryKey }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['list', screeningsPath(project)] }),
  });
  const rate = (value: number): void => {
    if (first && !rating.isPending) rating.mutate({ judgment: first.judgment, value });
  };
  useKeys(
    SCALE.map((value) => ({
      keys: String(value),
      label: t('screening.rateKeys'),
      group: t('screening.toRate'),
      run: () => rate(value),
      when: first !== undefined,
    })),
  );
  return (
    <Section title={t('screening.toRate')}>
      {waiting.error && !waiting.data && <ErrorState error={waiting.error} onRetry={() => void waiting.refetch()} />}
      {waiting.isPending && <LoadingState />}
      {waiting.data && !first && <Text c="dimmed">{t('screening.allRated')}</Text>}
      {rating.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={rating.error} />
        </Notice>
      )}
      {first && (
        <Stack gap="sm" maw="46rem" key={first.judgment}>
          <Text c="dimmed">{t('screening.leftToRate', { count: waiting.data?.results.length ?? 0 })}</Text>
          <div role="group" aria-label={t('screening.prompt')}>
            <Messages messages={first.messages} />
          </div>
          <Text fw={600}>{t('screening.response')}</Text>
          <Markdown text={first.response} />
          <Group gap="xs" role="group" aria-label={t('screening.rateKeys')}>
            <Text size="sm">{t('screening.worst')}</Text>
            {SCALE.map((value) => (
              <Button key={value} variant="default" size="compact-md" disabled={rating.isPending} onClick={() => rate(value)}>
                {value}
              </Button>
            ))}
            <Text size="sm">{t('screening.best')}</Text>
          </Group>
        </Stack>
      )}
    </Section>
  );
}
