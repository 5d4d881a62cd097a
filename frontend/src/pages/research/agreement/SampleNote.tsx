import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/schemas';
import { formatNumber, formatTime } from '@/app/format';
import { Notice } from '@/components/states';

type Rests = Pick<Schema<'AgreementTable'>, 'rankings' | 'rankings_of' | 'counting' | 'as_of'>;

/**
 * What the figures leave out: prompts that are being counted; where figures take long, the newest judgments; and of a
 * large project what was not read.
 */
export function SampleNote({ sample }: { sample: Rests }): ReactNode {
  const { t } = useTranslation('agreement');
  return (
    <>
      {sample.counting > 0 && <Notice tone="info">{t('say.counting', { count: sample.counting })}</Notice>}
      {sample.as_of && <Notice tone="info">{t('say.asOf', { time: formatTime(sample.as_of) })}</Notice>}
      {sample.rankings < sample.rankings_of && (
        <Notice tone="info">
          {t('say.sampled', { read: formatNumber(sample.rankings), all: formatNumber(sample.rankings_of) })}
        </Notice>
      )}
    </>
  );
}
