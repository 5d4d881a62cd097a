/** Which of a step's prompts are shown, and the way to the others: a run of the paper's presets has 64. */
import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/schemas';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';

export function SamplePages({ page, onGo }: { page: Schema<'SampleList'>; onGo: (first: string) => void }): ReactNode {
  const { t } = useTranslation('admin');
  const { next, previous, results, count } = page;
  useKeys([
    { keys: 'j', label: t('samples.next'), group: t('runs.tab.samples'), run: () => onGo(next ?? ''), when: next !== null },
    { keys: 'k', label: t('samples.previous'), group: t('runs.tab.samples'), run: () => onGo(previous ?? ''), when: previous !== null },
  ]);
  if (next === null && previous === null) return null;
  const first = results[0]?.index ?? 0;
  return (
    <Group mb="md" gap="sm">
      <Text>{t('samples.which', { first: first + 1, last: first + results.length, count })}</Text>
      <Button variant="default" size="compact-sm" disabled={previous === null} onClick={() => onGo(previous ?? '')} rightSection={<Key keys="k" />}>
        {t('samples.previous')}
      </Button>
      <Button variant="default" size="compact-sm" disabled={next === null} onClick={() => onGo(next ?? '')} rightSection={<Key keys="j" />}>
        {t('samples.next')}
      </Button>
    </Group>
  );
}
