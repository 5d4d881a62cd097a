/** Of a snapshot that holds what was taken back: that it does, and the way to delete its files. */
import { Button, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { purgeSnapshot, snapshotQuery, type Snapshot } from '@/api/snapshots';
import { formatTime } from '@/app/format';
import { useUser } from '@/app/session';
import { ConfirmPanel } from '@/components/ConfirmPanel';
import { Notice } from '@/components/states';

export function SnapshotRecall({ snapshot }: { snapshot: Snapshot }): ReactNode {
  const { t } = useTranslation('snapshots');
  const { role } = useUser();
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const purging = useMutation({
    mutationFn: () => purgeSnapshot(snapshot.id),
    onSuccess: (purged) => {
      queries.setQueryData(snapshotQuery(snapshot.id).queryKey, purged);
      setAsked(false);
    },
  });
  if (snapshot.purged_at) return <Notice tone="info">{t('recall.purged', { when: formatTime(snapshot.purged_at) })}</Notice>;
  if (!snapshot.marked_at) return null;
  return (
    <>
      <Notice tone="warn">
        {t('recall.marked', { when: formatTime(snapshot.marked_at) })}{' '}
        {role === 'admin' && !asked && (
          <Button size="compact-xs" variant="default" onClick={() => setAsked(true)}>
            {t('recall.purge')}
          </Button>
        )}
      </Notice>
      {asked && (
        <ConfirmPanel
          title={t('recall.purge')}
          group={t('recall.purge')}
          confirm={t('recall.confirm')}
          ready
          deed={purging}
          onCancel={() => setAsked(false)}
        >
          <Text>{t('recall.text')}</Text>
        </ConfirmPanel>
      )}
    </>
  );
}
