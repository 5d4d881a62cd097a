/** Of a batch to be published: whether only a drawn share of its tasks goes to several labelers. */
import { Checkbox, NumberInput, SimpleGrid, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Shared {
  shared: boolean;
  shared_percent: number;
  shared_overlap: number;
}

interface SharedFieldsProps extends Shared {
  onChange: (change: Partial<Shared>) => void;
  errors: { percent?: string; overlap?: string };
}

export function SharedFields({ shared, shared_percent, shared_overlap, onChange, errors }: SharedFieldsProps): ReactNode {
  const { t } = useTranslation('research');
  return (
    <Stack gap="xs">
      <Checkbox
        label={t('publish.shared')}
        description={t('publish.sharedHelp')}
        checked={shared}
        onChange={(event) => onChange({ shared: event.currentTarget.checked })}
      />
      {shared && (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <NumberInput
            label={t('publish.sharedPercent')}
            description={t('publish.sharedPercentHelp')}
            value={shared_percent}
            onChange={(value) => typeof value === 'number' && onChange({ shared_percent: value })}
            min={1}
            max={100}
            allowDecimal={false}
            suffix="%"
            error={errors.percent}
            size="sm"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
          />
          <NumberInput
            label={t('publish.sharedOverlap')}
            value={shared_overlap}
            onChange={(value) => typeof value === 'number' && onChange({ shared_overlap: value })}
            min={2}
            max={20}
            allowDecimal={false}
            error={errors.overlap}
            size="sm"
          />
        </SimpleGrid>
      )}
    </Stack>
  );
}
