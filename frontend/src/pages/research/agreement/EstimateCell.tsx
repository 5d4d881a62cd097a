/** A table's cell: the value as it is written, below it why there is none, or how much it rests on. */
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Estimate } from './withInterval';

export function EstimateCell({ text, estimate }: { text: string; estimate: Estimate | null | undefined }): ReactNode {
  const { t } = useTranslation('agreement');
  return (
    <>
      <Text component="span" size="sm">
        {text}
      </Text>
      <Text size="xs" c="dimmed" miw={estimate?.why ? '9rem' : undefined} maw="14rem" ml="auto">
        {estimate?.why ?? (estimate?.n === undefined ? '' : t('say.n', { count: estimate.n }))}
      </Text>
    </>
  );
}
