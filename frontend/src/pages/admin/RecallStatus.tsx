import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Snapshot } from '@/api/snapshots';
import { Status } from '@/components/Status';

/** In a list: whether a snapshot is whole, holds what was taken back, or has no files any more. */
export function RecallStatus({ snapshot }: { snapshot: Snapshot }): ReactNode {
  const { t } = useTranslation('snapshots');
  if (snapshot.purged_at) return <Status tone="quiet">{t('recall.status.purged')}</Status>;
  if (snapshot.marked_at) return <Status tone="warn">{t('recall.status.marked')}</Status>;
  return <Status tone="good">{t('recall.status.whole')}</Status>;
}
