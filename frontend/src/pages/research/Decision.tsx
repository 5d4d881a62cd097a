/** A decision about a batch, confirmed in its place with a note or with reasons. */
import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { batchQuery, type Batch } from '@/api/collection';
import { acceptBatch, closeBatch, returnBatch, withdrawAcceptance } from '@/api/review';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';
import { Panel } from '@/components/Panel';
import { ErrorText, Notice } from '@/components/states';

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
  const { t: common } = useTranslation();
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
  const confirm = (): void => {
    if (ready && !deciding.isPending) deciding.mutate();
  };
  useKeys([
    { keys: 'mod+Enter', label: t(`decision.${name}.confirm`), group: t('review.title'), run: confirm },
    { keys: 'Escape', label: common('cancel'), group: t('review.title'), run: onCancel },
  ]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    confirm();
  };
  return (
    <Panel title={t(`decision.${name}.title`)}>
      <form onSubmit={submit}>
        <Stack gap="sm">
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
          {deciding.error && (
            <Notice tone="bad" role="alert">
              <ErrorText error={deciding.error} />
            </Notice>
          )}
          <Group>
            <Button type="submit" disabled={!ready} loading={deciding.isPending} rightSection={<Key keys="mod+Enter" />}>
              {t(`decision.${name}.confirm`)}
            </Button>
            <Button variant="default" onClick={onCancel} rightSection={<Key keys="Escape" />}>
              {common('cancel')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
