/** The outputs in full under the board: one, or two side by side, with the words marked in which they differ. */
import { Button } from '@mantine/core';
import { memo, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { BlindCandidate } from '@/api/types';
import { Key } from '@/components/Key';
import { Letter } from '@/components/Letter';
import { Markdown } from '@/components/Markdown';
import { letterOf } from '@/work/letters';
import type { Piece, wordDifferences } from '@/work/differences';
import classes from './Reader.module.css';

interface ReaderProps {
  candidates: readonly BlindCandidate[];
  shown: number;
  beside: number | null;
  differences: boolean;
  /** Undefined where there are two outputs only, which stand side by side. */
  onShow?: (position: number) => void;
  onBeside?: (position: number | null) => void;
  onDifferences: (on: boolean) => void;
  /** Opens an output's own page; undefined where it has none. */
  onOpen: ((position: number) => void) | undefined;
}

/** Memoized, so that long texts are not laid out again while a card is being dragged. */
export const Reader = memo(function Reader({
  candidates,
  shown,
  beside,
  differences,
  onShow,
  onBeside,
  onDifferences,
  onOpen,
}: ReaderProps): ReactNode {
  const { t } = useTranslation('work');
  const one = candidates[shown];
  const other = beside === null ? undefined : candidates[beside];
  const compare = useDifferences(other !== undefined);
  const pieces = useMemo(
    () => (one && other && differences && compare ? compare(one.text, other.text) : null),
    [one, other, differences, compare],
  );
  if (!one) return null;
  return (
    <section className={classes.reader} aria-label={t('reader.title')}>
      <div className={classes.head}>
        {onShow && <Choice label={t('reader.read')} candidates={candidates} chosen={shown} onChoose={onShow} />}
        {onBeside && (
          <Choice
            label={t('reader.beside')}
            candidates={candidates}
            chosen={beside}
            without={shown}
            onChoose={(position) => onBeside(position === beside ? null : position)}
          />
        )}
        <label className={classes.check}>
          <input
            type="checkbox"
            checked={differences}
            disabled={!other}
            onChange={(event) => onDifferences(event.currentTarget.checked)}
          />
          {t('ranking.differences')} <Key keys="v" />
        </label>
        {onOpen && (
          <Button size="compact-xs" variant="subtle" color="gray" ms="auto" onClick={() => onOpen(shown)}>
            {t('reader.open', { letter: letterOf(shown) })}
          </Button>
        )}
      </div>
      <div className={classes.texts} data-two={other !== undefined || undefined}>
        <Text position={shown} text={one.text} pieces={pieces?.first} />
        {other && beside !== null && <Text position={beside} text={other.text} pieces={pieces?.second} />}
      </div>
    </section>
  );
});

/** What finds the differences is loaded once two outputs are read side by side. */
function useDifferences(wanted: boolean): typeof wordDifferences | null {
  const [compare, setCompare] = useState<{ words: typeof wordDifferences } | null>(null);
  useEffect(() => {
    if (wanted) void import('@/work/differences').then((module) => setCompare({ words: module.wordDifferences }));
  }, [wanted]);
  return compare?.words ?? null;
}

function Text({ position, text, pieces }: { position: number; text: string; pieces: readonly Piece[] | undefined }): ReactNode {
  const { t } = useTranslation('work');
  return (
    <article className={classes.text} tabIndex={0} aria-label={t('comparison.output', { letter: letterOf(position) })}>
      <div className={classes.letter}>
        <Letter position={position} />
      </div>
      {pieces ? (
        <p className={classes.pieces} dir="auto">
          {pieces.map((piece, index) => (piece.own ? <mark key={index}>{piece.text}</mark> : piece.text))}
        </p>
      ) : (
        <Markdown text={text} />
      )}
    </article>
  );
}

interface ChoiceProps {
  label: string;
  candidates: readonly BlindCandidate[];
  chosen: number | null;
  without?: number;
  onChoose: (position: number) => void;
}

function Choice({ label, candidates, chosen, without, onChoose }: ChoiceProps): ReactNode {
  return (
    <div className={classes.choice} role="group" aria-label={label}>
      <span>{label}</span>
      {candidates.map(
        (candidate, position) =>
          position !== without && (
            <button
              key={candidate.id}
              type="button"
              aria-pressed={chosen === position}
              aria-label={`${label} ${letterOf(position)}`}
              onClick={() => onChoose(position)}
            >
              <Letter position={position} size="sm" />
            </button>
          ),
      )}
    </div>
  );
}
