/** One's own ranking, or text, as the item's reference: typed as letters, best first, with "=" between equals. */
import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Judgment } from '@/api/collection';
import { deskItemQuery, reviewSettingsQuery, setReference, undoReference, type DeskItem } from '@/api/desk';
import { uuid } from '@/app/uuid';
import { ConfirmPanel } from '@/components/ConfirmPanel';
import { LongText } from '@/components/LongText';
import { useUnsent } from '@/pages/questions/useUnsent';
import { Tiers } from '../Tiers';
import { rankingFrom, rankingText } from './ranking';

interface AdjudicateProps {
  desk: DeskItem;
  /** From whose answer one begins. */
  judgment: Judgment;
  onDone: () => void;
}

export function AdjudicatePanel({ desk, judgment, onDone }: AdjudicateProps): ReactNode {
  const { t } = useTranslation('desk');
  const queries = useQueryClient();
  const { item, reference } = desk;
  const comparison = item.kind === 'comparison';
  const unsent = useUnsent(`reference.${item.task}`);
  const letters = item.candidates.map((candidate) => candidate.letter);
  const [said, setSaid] = useState(() => rankingText(letters, judgment.ranks ?? []));
  const [note, setNote] = useState('');
  const settings = useQuery({ ...reviewSettingsQuery(desk.batch.project), staleTime: 60_000 });
  const ranking = rankingFrom(said, letters);
  const text = unsent.text || (judgment.response ?? '');
  // The same words sent again are the same reference.
  const sent = useRef({ words: '', id: uuid() });
  const setting = useMutation({
    mutationFn: () => {
      const words = JSON.stringify([said, text, note]);
      if (sent.current.words !== words) sent.current = { words, id: uuid() };
      return setReference(item.task, {
        submission_id: sent.current.id,
        seen: reference?.id ?? null,
        note,
        ranking: comparison && ranking ? ranking.map((tier) => tier.map((place) => item.candidates[place]?.id ?? '')) : [],
        response: comparison ? '' : text,
      });
    },
    onSuccess: () => {
      unsent.clear();
      onDone();
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: deskItemQuery(item.task).queryKey }),
  });
  const ranks = ranking && letters.map((_, place) => ranking.findIndex((tier) => tier.includes(place)) + 1);
  return (
    <ConfirmPanel
      title={t('reference.title')}
      group={t('group')}
      confirm={t('reference.confirm')}
      ready={comparison ? ranking !== null : text.trim() !== ''}
      deed={setting}
      onCancel={onDone}
    >
      <Text size="sm">{t('reference.intro', { labeler: judgment.labeler })}</Text>
      {comparison ? (
        <>
          <TextInput
            label={t('reference.ranking')}
            description={t('reference.rankingHelp')}
            value={said}
            onChange={(event) => setSaid(event.currentTarget.value)}
            error={ranking === null && t('reference.wrong', { letters: letters.join(', ') })}
            autoCapitalize="characters"
          />
          {ranks && <Tiers ranks={ranks} />}
        </>
      ) : (
        <Textarea
          label={t('reference.text')}
          value={text}
          onChange={(event) => unsent.write(event.currentTarget.value)}
          autosize
          minRows={4}
          maxRows={20}
        />
      )}
      <LongText
        label={t('reference.note')}
        description={settings.data?.show_references && t('reference.noteShown')}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        most={5000}
        autosize
      />
    </ConfirmPanel>
  );
}

/** The reference that counts, and the way to take it back. */
export function ReferenceShown({ desk }: { desk: DeskItem }): ReactNode {
  const { t } = useTranslation('desk');
  const queries = useQueryClient();
  const { reference, item } = desk;
  const undoing = useMutation({
    mutationFn: (id: string) => undoReference(id, uuid()),
    onSettled: () => void queries.invalidateQueries({ queryKey: deskItemQuery(item.task).queryKey }),
  });
  if (!reference) return null;
  return (
    <Stack gap={4} mb="sm">
      <Group gap="xs">
        <Text fw={600}>{t('reference.by', { by: reference.by })}</Text>
        {reference.ratings.length > 0 && <Tiers ranks={reference.ratings.map((rating) => rating.rank)} />}
        <Button size="compact-xs" variant="default" loading={undoing.isPending} onClick={() => undoing.mutate(reference.id)}>
          {t('reference.undo')}
        </Button>
      </Group>
      {reference.response && <Text>{reference.response}</Text>}
      {reference.note && <Text c="dimmed">{reference.note}</Text>}
      {undoing.error && (
        <Text role="alert" c="var(--bad)">
          {undoing.error.message}
        </Text>
      )}
    </Stack>
  );
}
