/** A decision about a batch, confirmed in its place with a note or with reasons. */
import { Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { batchQuery, type Batch } from '@/api/collection';
import { acceptBatch, closeBatch, returnBatch, withdrawAcceptance } from '@/api/review';
import { ConfirmPanel } from '@/components/ConfirmPanel';

export type DecisionName = 'accept' | 'return' | 'withdraw' | 'close';

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
  const deciding = useMutation({
    mutationFn: (): Promise<Batch> => {
      if (name === 'accept') return acceptBatch(batch.id, words);
      if (name === 'return') return returnBatch(batch.id, words, chosen.length ? [...chosen] : undefined);
      return name === 'withdraw' ? withdrawAcceptance(batch.id, words) : closeBatch(batch.id);
    },
    onSuccess: (changed) => {
      queries.setQueryData(batchQuery(batch.id).queryKey, changed);
      void queries.invalidateQueries({ queryKey: ['list'] });
      void queries.invalidateQueries({ queryKey: ['project', batch.project] });
      onDone();
    },
  });
  const ready = name !== 'return' || words.trim() !== '';
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
      {name !== 'close' && (
        <Textarea
          label={t(name === 'return' ? 'decision.reasons' : 'decision.note')}
          description={name === 'return' ? t('decision.reasonsHelp') : undefined}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          autosize
          minRows={2}
          required={name === 'return'}
        />
      )}
    </ConfirmPanel>
  );
}
