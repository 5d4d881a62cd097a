/** The three scores of a screening, each with what it rests on and the cutoff beside it. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Scores } from '@/api/screening';
import { formatNumber, formatPercent } from '@/app/format';
import { Facts } from './Facts';

export function ScoreFacts({ scores }: { scores: Scores }): ReactNode {
  const { t } = useTranslation();
  const { demonstrations } = scores;
  return (
    <Facts
      facts={[
        ...(['flagging', 'ranking'] as const).map((part) => {
          const { value, agree, n, cutoff } = scores[part];
          return {
            label: t(`score.${part}`),
            value:
              value === null
                ? t('score.none')
                : t('score.share', { value: formatPercent(value, 0), agree, n, cutoff: formatPercent(cutoff, 0) }),
          };
        }),
        {
          label: t('score.demonstrations'),
          value:
            demonstrations.value === null
              ? t('score.none')
              : t('score.mean', {
                  value: formatNumber(demonstrations.value, 2),
                  n: demonstrations.n,
                  of: demonstrations.of,
                  cutoff: formatNumber(demonstrations.cutoff, 2),
                }),
        },
      ]}
    />
  );
}
