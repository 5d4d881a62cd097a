import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Batch } from '@/api/collection';
import { formatNumber } from '@/app/format';
import { Status, type Tone } from '@/components/Status';
import classes from './BatchStatus.module.css';

const TONES: Record<Batch['status'], Tone> = {
  open: 'active',
  in_review: 'warn',
  accepted: 'good',
  returned: 'active',
  withdrawn: 'bad',
};

export function BatchStatus({ batch }: { batch: Batch }): ReactNode {
  const { t } = useTranslation('research');
  return <Status tone={TONES[batch.status]}>{t(`status.${batch.status}`)}</Status>;
}

/** What keeps its free slots from being taken, if anything does. */
function BatchWaits({ batch }: { batch: Batch }): ReactNode {
  const { t } = useTranslation('research');
  return batch.waits.map((wait) => (
    <Text key={wait} size="xs" maw="22rem">
      {t(`batches.waits.${wait}`)}
    </Text>
  ));
}

/** How many of the judgments that were asked for are there, written and drawn; and why no more come, where that is known. */
export function BatchProgress({ batch }: { batch: Batch }): ReactNode {
  const { t } = useTranslation('research');
  const { free, held, done } = batch.slots;
  const all = free + held + done;
  return (
    <>
      <span className={classes.progress}>
        <span className={classes.track} aria-hidden="true">
          <span style={{ width: `${(100 * done) / Math.max(1, all)}%` }} />
        </span>
        {t('batches.done', { done: formatNumber(done), all: formatNumber(all) })}
      </span>
      <BatchWaits batch={batch} />
    </>
  );
}
