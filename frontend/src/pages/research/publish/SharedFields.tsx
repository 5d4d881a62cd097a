/** Of a batch to be published: whether only a drawn share of its tasks goes to several labelers. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { NumberField } from '@/components/NumberField';
import { OptionalFields } from './OptionalFields';

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
    <OptionalFields
      label={t('publish.shared')}
      description={t('publish.sharedHelp')}
      wanted={shared}
      onChange={(wanted) => onChange({ shared: wanted })}
    >
      <NumberField
        label={t('publish.sharedPercent')}
        description={t('publish.sharedPercentHelp')}
        value={shared_percent}
        onChange={(value) => onChange({ shared_percent: value })}
        min={1}
        max={100}
        suffix="%"
        error={errors.percent}
      />
      <NumberField
        label={t('publish.sharedOverlap')}
        value={shared_overlap}
        onChange={(value) => onChange({ shared_overlap: value })}
        min={2}
        max={20}
        error={errors.overlap}
      />
    </OptionalFields>
  );
}
