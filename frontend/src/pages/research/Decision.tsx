/** A decision about a batch, confirmed in its place with a note or with reasons. */
import { Text, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { batchQuery, type Batch } from '@/api/collection';
import { reviewSettingsQuery } from '@/api/desk';
import { acceptBatch, closeBatch, reopenBatch, returnBatch, withdrawAcceptance, withdrawBatch } from '@/api/review';
import { ConfirmPanel } from '@/components/ConfirmPanel';
import { ReasonTemplates, withReason } from './review/ReasonTemplates';

export type DecisionName = 'accept' | 'return' | 'withdraw' | 'close' | 'withdrawBatch' | 'reopenBatch';

/** What each asks for in words: a note may be empty, reasons may not. */
const ASKS: Record<DecisionName, 'note' | 'reasons' | null> = {
  accept: 'note',
  return: 'reasons',
  withdraw: 'note',
  close: null,
  withdrawBatch: 'reasons',
  reopenBatch: null,
};

interface DecisionProps {
  name: DecisionName;
  batch: Batch;
  /** Judgments to return; none means all of the batch. */
  chosen: readonly string[];
  onDone: () => void;
  onCancel: () => void;
}

export function Decision({ name, batch, chosen, onDone, onCancel }: DecisionProps): ReactNode {
  const { t } = useTranslation('research');
  const queries = useQueryClient();
  const [words, setWords] = useState('');
  const settings = useQuery({ ...reviewSettingsQuery(batch.project), enabled: name === 'return' });
  const deciding = useMutation({
    mutationFn: (): Promise<Batch> => {
      switch (name) {
        case 'accept':
          return acceptBatch(batch.id, words);
        case 'return':
          return returnBatch(batch.id, words, chosen.length ? [...chosen] : undefined);
        case 'withdraw':
          return withdrawAcceptance(batch.id, words);
        case 'close':
          return closeBatch(batch.id);
        case 'withdrawBatch':
          return withdrawBatch(batch.id, words);
        case 'reopenBatch':
          return reopenBatch(batch.id);
      }
    },
    onSuccess: (changed) => {
      queries.setQueryData(batchQuery(batch.id).queryKey, changed);
      void queries.invalidateQueries({ queryKey: ['list'] });
      void queries.invalidateQueries({ queryKey: ['project', batch.project] });
      onDone();
    },
  });
  const asked = ASKS[name];
  const ready = asked !== 'reasons' || words.trim() !== '';
  return (
    <ConfirmPanel
      title={t(`decision.${name}.title`)}
      group={t('review.title')}
      confirm={t(`decision.${name}.confirm`)}
      ready={ready}
      deed={deciding}
      onCancel={onCancel}
    >
      <Text>
        {name === 'return' && chosen.length > 0
          ? t('decision.return.chosen', { count: chosen.length })
          : t(`decision.${name}.text`, { count: batch.judgments })}
      </Text>
      {name === 'withdrawBatch' && (
        <Text>
          {t('decision.withdrawBatch.held', { count: batch.slots.held })}{' '}
          {t('decision.withdrawBatch.free', { count: batch.slots.free })}
        </Text>
      )}
      {name === 'return' && settings.data && (
        <ReasonTemplates
          project={batch.project}
          reasons={settings.data.reasons}
          onAdd={(reason) => setWords(withReason(words, reason))}
        />
      )}
      {asked && (
        <Textarea
          label={t(`decision.${asked}`)}
          description={name === 'return' ? t('decision.reasonsHelp') : undefined}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          autosize
          minRows={2}
          required={asked === 'reasons'}
        />
      )}
    </ConfirmPanel>
  );
}
