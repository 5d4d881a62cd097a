import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/schemas';
import { formatNumber } from '@/app/format';
import { Notice } from '@/components/states';

/** Of a large project: how much of it was counted. */
export function SampleNote({ sample }: { sample: Pick<Schema<'AgreementTable'>, 'rankings' | 'rankings_of'> }): ReactNode {
  const { t } = useTranslation('agreement');
  if (sample.rankings >= sample.rankings_of) return null;
  return (
    <Notice tone="info">
      {t('say.sampled', { read: formatNumber(sample.rankings), all: formatNumber(sample.rankings_of) })}
    </Notice>
  );
}
