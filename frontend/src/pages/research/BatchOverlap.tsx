/** How many labelers each task of a batch has, in words. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Batch } from '@/api/collection';

export function BatchOverlap({ batch }: { batch: Batch }): ReactNode {
  const { t } = useTranslation('research');
  const first =
    batch.shared_share === null
      ? batch.overlap
      : t('review.sharedOverlap', { labelers: batch.overlap, shared: batch.shared_tasks, count: batch.tasks });
  if (batch.max_overlap === null) return first;
  return (
    <>
      {t('review.adaptive', {
        overlap: first,
        limit: batch.max_overlap,
        consensus: Math.round((batch.least_consensus ?? 0) * 100),
      })}
      <br />
      {t('review.widened', { count: batch.widened_tasks })}
    </>
  );
}
