/** Of a batch of comparisons: whether tasks on which labelers disagree are given to more of them. */
import { Checkbox, NumberInput, SimpleGrid, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Adaptive {
  adaptive: boolean;
  max_overlap: number;
  consensus_percent: number;
}

interface AdaptiveFieldsProps extends Adaptive {
  onChange: (change: Partial<Adaptive>) => void;
  errors: { limit?: string; consensus?: string };
}

export function AdaptiveFields({ adaptive, max_overlap, consensus_percent, onChange, errors }: AdaptiveFieldsProps): ReactNode {
  const { t } = useTranslation('research');
  return (
    <Stack gap="xs">
      <Checkbox
        label={t('publish.adaptive')}
        description={t('publish.adaptiveHelp')}
        checked={adaptive}
        onChange={(event) => onChange({ adaptive: event.currentTarget.checked })}
      />
      {adaptive && (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <NumberInput
            label={t('publish.maxOverlap')}
            value={max_overlap}
            onChange={(value) => typeof value === 'number' && onChange({ max_overlap: value })}
            min={3}
            max={100}
            allowDecimal={false}
            error={errors.limit}
            size="sm"
          />
          <NumberInput
            label={t('publish.leastConsensus')}
            description={t('publish.leastConsensusHelp')}
            value={consensus_percent}
            onChange={(value) => typeof value === 'number' && onChange({ consensus_percent: value })}
            min={34}
            max={100}
            allowDecimal={false}
            suffix="%"
            error={errors.consensus}
            size="sm"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
          />
        </SimpleGrid>
      )}
    </Stack>
  );
}
