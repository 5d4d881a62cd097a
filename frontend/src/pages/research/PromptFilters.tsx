import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { SPLITS, USE_CASES } from '@/api/schemas';
import { FilterChoice } from '@/components/FilterChoice';
import { useLabels } from './labels';

interface PromptFiltersProps {
  split: string;
  useCase: string;
  onChange: (name: 'split' | 'use_case', value: string) => void;
}

/** Which prompts: of one split, of one use case, or of all. */
export function PromptFilters({ split, useCase, onChange }: PromptFiltersProps): ReactNode {
  const { t } = useTranslation('research');
  const labels = useLabels();
  return (
    <>
      <FilterChoice
        label={t('prompts.split')}
        value={split}
        onChange={(value) => onChange('split', value)}
        values={SPLITS}
        named={labels.split}
      />
      <FilterChoice
        label={t('prompts.useCase')}
        value={useCase}
        onChange={(value) => onChange('use_case', value)}
        values={USE_CASES}
        named={labels.useCase}
      />
    </>
  );
}
