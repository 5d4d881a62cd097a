/** Of a batch of comparisons: whether tasks on which labelers disagree are given to more of them. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { NumberField } from '@/components/NumberField';
import { OptionalFields } from './OptionalFields';

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
    <OptionalFields
      label={t('publish.adaptive')}
      description={t('publish.adaptiveHelp')}
      wanted={adaptive}
      onChange={(wanted) => onChange({ adaptive: wanted })}
    >
      <NumberField
        label={t('publish.maxOverlap')}
        value={max_overlap}
        onChange={(value) => onChange({ max_overlap: value })}
        min={3}
        max={100}
        error={errors.limit}
      />
      <NumberField
        label={t('publish.leastConsensus')}
        description={t('publish.leastConsensusHelp')}
        value={consensus_percent}
        onChange={(value) => onChange({ consensus_percent: value })}
        min={34}
        max={100}
        suffix="%"
        error={errors.consensus}
      />
    </OptionalFields>
  );
}
