/**
 * Putting the outputs in order: a tray of lettered cards over columns from best to worst. By pointer, or by keys: a
 * letter takes a card, a digit puts it into that rank, arrows move it. Cards in one column are a tie.
 */
import { Button } from '@mantine/core';
import { memo, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { BlindCandidate } from '@/api/types';
import { lineArrows } from '@/app/direction';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';
import { Letter } from '@/components/Letter';
import { Notice } from '@/components/states';
import { announce } from '@/work/announcer';
import type { ComparisonForm } from '@/work/form';
import { letterOf } from '@/work/letters';
import { contradictions, fromRatings, place, rankOf, shift, type Ranking } from '@/work/ranking';
import { useCardDrag } from '@/work/useCardDrag';
import classes from './RankingPage.module.css';
import { Reader } from './Reader';

const TRAY = 'tray';
const INSTRUCTIONS = 'ranking-instructions';

interface RankingPageProps {
  candidates: readonly BlindCandidate[];
  form: ComparisonForm;
  onRank: (next: Ranking) => void;
  /** Opens an output's own page. */
  onOpen: (position: number) => void;
  error: string | undefined;
}

export function RankingPage({ candidates, form, onRank, onOpen, error }: RankingPageProps): ReactNode {
  const { t } = useTranslation('work');
  const { ranking, ratings } = form;
  const [selected, setSelected] = useState<number | null>(null);
  const [shown, setShown] = useState(0);
  const [beside, setBeside] = useState<number | null>(null);
  const [differences, setDifferences] = useState(false);
  // By keys: the card that was lifted, and the place that it would be dropped on.
  const [lifted, setLifted] = useState<{ id: string; over: string } | null>(null);
  const past = useRef<Ranking[]>([]);
  const board = useRef<HTMLDivElement>(null);
  const shadow = useRef<HTMLDivElement>(null);

  const positionOf = (id: string): number => candidates.findIndex((candidate) => candidate.id === id);
  const tray = candidates.filter((candidate) => rankOf(ranking, candidate.id) === null);

  const where = (next: Ranking, id: string): string => {
    const letter = letterOf(positionOf(id));
    const rank = rankOf(next, id);
    if (rank === null) return t('ranking.inTray', { letter });
    const tied = (next[rank] ?? []).filter((other) => other !== id).map((other) => letterOf(positionOf(other)));
    return tied.length
      ? t('ranking.tied', { letter, rank: rank + 1, others: tied.join(', ') })
      : t('ranking.moved', { letter, rank: rank + 1 });
  };
  const change = (next: Ranking, id?: string): void => {
    if (next === ranking) return;
    past.current.push(ranking);
    onRank(next);
    if (id) announce(where(next, id));
  };
  const move = (position: number | null, to: (id: string) => Ranking): void => {
    const id = position === null ? undefined : candidates[position]?.id;
    if (id) change(to(id), id);
    else announce(t('ranking.chooseFirst'));
  };
  const select = (position: number): void => {
    const id = candidates[position]?.id;
    if (!id) return;
    setSelected(position);
    setShown(position);
    announce(t('ranking.selected', { letter: letterOf(position), where: where(ranking, id) }));
  };
  const propose = (): void => {
    change(fromRatings(ratings));
    announce(t('ranking.proposed'));
  };
  const back = (): void => {
    const last = past.current.pop();
    if (last) onRank(last);
  };
  const neighbor = (step: -1 | 1): void => {
    const order = [...tray.map((candidate) => candidate.id), ...ranking.flat()];
    const here = selected === null ? -1 : order.indexOf(candidates[selected]?.id ?? '');
    const next = order[(here + step + order.length) % order.length];
    if (next) select(positionOf(next));
  };

  // A card that was moved by keys stands in another column: focus goes with it.
  useEffect(() => {
    if (selected === null) return;
    const active = document.activeElement;
    if (active && active !== document.body && !board.current?.contains(active)) return;
    document.getElementById(cardId(candidates[selected]?.id))?.focus({ preventScroll: true });
  }, [selected, ranking, candidates]);

  const nameOf = (id: string): { letter: string } => ({ letter: letterOf(positionOf(id)) });
  const placeName = (over: string | null): string =>
    over === null || over === TRAY ? t('ranking.tray') : t('ranking.rank', { rank: Number(over) + 1 });
  const drop = (id: string, over: string): void => {
    const next = place(ranking, id, over === TRAY ? null : Number(over));
    setSelected(positionOf(id));
    change(next);
    announce(t('ranking.drag.end', { ...nameOf(id), place: placeName(over) }));
  };
  const begin = (id: string): void => {
    setShown(positionOf(id));
    announce(t('ranking.drag.start', nameOf(id)));
  };
  const over = (id: string, at: string | null): void => {
    if (at !== null) announce(t('ranking.drag.over', { ...nameOf(id), place: placeName(at) }));
  };
  const cancel = (id: string): void => announce(t('ranking.drag.cancel', nameOf(id)));
  const drag = useCardDrag(board, shadow, { onStart: begin, onOver: over, onDrop: drop, onCancel: cancel });
  const dragged = drag.dragged === null ? null : positionOf(drag.dragged);

  /** Space lifts the card that has the focus, arrows lead it from place to place, Space or Enter drops it. */
  const carry = (id: string, event: KeyboardEvent): void => {
    if (!lifted) {
      if (event.key !== ' ') return;
      event.preventDefault();
      const from = String(rankOf(ranking, id) ?? TRAY);
      setLifted({ id, over: from });
      begin(id);
      over(id, from);
      return;
    }
    if (event.key === 'Tab') return;
    event.preventDefault();
    if (event.key === ' ' || event.key === 'Enter') {
      setLifted(null);
      drop(id, lifted.over);
    } else if (event.key === 'Escape') {
      setLifted(null);
      cancel(id);
    } else {
      const at = neighboringPlace(event.key, lifted.over, ranking.length);
      if (at === lifted.over) return;
      setLifted({ id, over: at });
      over(id, at);
    }
  };
  const putBack = (): void => {
    if (!lifted) return;
    setLifted(null);
    cancel(lifted.id);
  };

  const free = dragged === null && lifted === null;
  const arrows = lineArrows();
  const group = t('ranking.group');
  const labels = { select: t('ranking.keys.select'), beside: t('ranking.keys.beside'), place: t('ranking.keys.place') };
  useKeys([
    ...candidates.map((_, position) => ({
      keys: letterOf(position).toLowerCase(),
      label: labels.select,
      group,
      run: () => select(position),
      when: free,
    })),
    ...candidates.map((_, position) => ({
      keys: `shift+${letterOf(position).toLowerCase()}`,
      label: labels.beside,
      group,
      run: () => setBeside((now) => (now === position ? null : position)),
      when: free,
    })),
    ...candidates.map((_, rank) => ({
      keys: String(rank + 1),
      label: labels.place,
      group,
      run: () => move(selected, (id) => place(ranking, id, rank)),
      when: free,
    })),
    {
      keys: ['0', 'Backspace', 'Delete'],
      label: t('ranking.keys.tray'),
      group,
      run: () => move(selected, (id) => place(ranking, id, null)),
      when: free,
    },
    { keys: arrows.back, label: t('ranking.keys.left'), group, run: () => move(selected, (id) => shift(ranking, id, -1)), when: free },
    { keys: arrows.forth, label: t('ranking.keys.right'), group, run: () => move(selected, (id) => shift(ranking, id, 1)), when: free },
    { keys: 'ArrowUp', label: t('ranking.keys.walk'), group, run: () => neighbor(-1), when: free },
    { keys: 'ArrowDown', label: t('ranking.keys.walk'), group, run: () => neighbor(1), when: free },
    { keys: 'p', label: t('ranking.propose'), group, run: propose, when: free },
    { keys: 'z', label: t('ranking.back'), group, run: back, when: free },
    { keys: 'v', label: t('ranking.differences'), group, run: () => setDifferences((on) => !on), when: free },
  ]);

  const card = (id: string): ReactNode => {
    const position = positionOf(id);
    return (
      <Card
        key={id}
        id={id}
        position={position}
        text={candidates[position]?.text ?? ''}
        overall={ratings[position]?.overall ?? null}
        selected={selected === position}
        onSelect={() => !drag.justDropped() && select(position)}
        onPress={(event) => drag.press(id, event)}
        onKey={(event) => carry(id, event)}
        onLeave={putBack}
        lifted={lifted?.id === id || drag.dragged === id}
      />
    );
  };
  const against = contradictions(ranking, ratings);
  const overallOf = (id: string): number | null => ratings[positionOf(id)]?.overall ?? null;

  return (
    <div className={classes.page}>
      <p id={INSTRUCTIONS} className="visually-hidden">
        {t('ranking.drag.instructions')}
      </p>
      <div ref={board} className={classes.board} data-columns={ranking.length}>
        <Column id={TRAY} className={classes.tray} over={lifted?.over === TRAY}>
          <h2 className={classes.trayTitle}>{t('ranking.tray')}</h2>
          {tray.map((candidate) => card(candidate.id))}
          {tray.length === candidates.length && <span className={classes.hint}>{t('ranking.how')}</span>}
          {tray.length === 0 && <span className={classes.hint}>{t('ranking.trayEmpty')}</span>}
          <div className={classes.actions}>
            <Button
              size="compact-sm"
              variant="default"
              onClick={propose}
              disabled={ratings.every((rating) => rating.overall === null)}
              rightSection={<Key keys="p" />}
            >
              {t('ranking.propose')}
            </Button>
          </div>
        </Column>
        <div className={classes.columns}>
          {ranking.map((tier, rank) => (
            <Column key={rank} id={String(rank)} className={classes.column} over={lifted?.over === String(rank)}>
              <h3 className={classes.rank}>
                {t('ranking.rank', { rank: rank + 1 })}
                {rank === 0 && <span>{t('ranking.best')}</span>}
                {rank === ranking.length - 1 && <span>{t('ranking.worst')}</span>}
              </h3>
              {tier.map(card)}
              {tier.length > 1 && <span className={classes.tie}>{t('ranking.tie')}</span>}
            </Column>
          ))}
        </div>
      </div>
      {dragged !== null && candidates[dragged] && (
        <div ref={shadow} className={classes.card} data-dragged aria-hidden="true">
          <span className={classes.face}>
            <CardFace position={dragged} text={candidates[dragged].text} overall={ratings[dragged]?.overall ?? null} />
          </span>
        </div>
      )}
      {(error || against.length > 0) && (
        <div className={classes.notices}>
          {error && (
            <Notice tone="bad" role="alert">
              {error}
            </Notice>
          )}
          {against.length > 0 && (
            <Notice tone="warn">
              {t('ranking.contradictions')}{' '}
              {against.map(({ above, below }) => (
                <span key={above + below} className={classes.contradiction}>
                  {t('ranking.contradiction', {
                    above: letterOf(positionOf(above)),
                    aboveRating: overallOf(above),
                    below: letterOf(positionOf(below)),
                    belowRating: overallOf(below),
                  })}
                </span>
              ))}
            </Notice>
          )}
        </div>
      )}
      <Reader
        candidates={candidates}
        shown={shown}
        beside={beside === shown ? null : beside}
        differences={differences}
        onShow={setShown}
        onBeside={setBeside}
        onDifferences={setDifferences}
        onOpen={onOpen}
      />
    </div>
  );
}

function cardId(id: string | undefined): string {
  return `card-${id ?? ''}`;
}

interface ColumnProps {
  id: string;
  className: string | undefined;
  over: boolean;
  children: ReactNode;
}

function Column({ id, className, over, children }: ColumnProps): ReactNode {
  return (
    <div className={className} data-target={over || undefined} data-rank={id}>
      {children}
    </div>
  );
}

interface CardProps {
  id: string;
  position: number;
  text: string;
  overall: number | null;
  selected: boolean;
  lifted: boolean;
  onSelect: () => void;
  onPress: (event: PointerEvent) => void;
  onKey: (event: KeyboardEvent) => void;
  onLeave: () => void;
}

function Card({ id, position, text, overall, selected, lifted, onSelect, onPress, onKey, onLeave }: CardProps): ReactNode {
  const { t } = useTranslation('work');
  return (
    <button
      id={cardId(id)}
      type="button"
      className={classes.card}
      data-selected={selected || undefined}
      data-lifted={lifted || undefined}
      aria-pressed={selected}
      aria-describedby={INSTRUCTIONS}
      onClick={onSelect}
      onPointerDown={onPress}
      onKeyDown={onKey}
      onBlur={onLeave}
    >
      <span className="visually-hidden">{t('ranking.card', { letter: letterOf(position) })}</span>
      <span className={classes.face} aria-hidden="true">
        <CardFace position={position} text={text} overall={overall} />
      </span>
    </button>
  );
}

const CardFace = memo(function CardFace({ position, text, overall }: Pick<CardProps, 'position' | 'text' | 'overall'>): ReactNode {
  const { t } = useTranslation('work');
  return (
    <>
      <span className={classes.cardHead}>
        <Letter position={position} />
        <span className={classes.cardRating}>{overall === null ? t('comparison.unrated') : t('comparison.ratedAs', { rating: overall })}</span>
      </span>
      <span className={classes.excerpt}>{excerpt(text)}</span>
    </>
  );
});

/** How a text begins, without the signs of Markdown. */
function excerpt(text: string): string {
  return text
    .slice(0, 240)
    .replace(/[*_`#|>$]+|-{2,}/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Where a lifted card goes by an arrow: along the ranks, up into the tray, down to the best rank. */
function neighboringPlace(key: string, at: string, ranks: number): string {
  const places = [TRAY, ...Array.from({ length: ranks }, (_, rank) => String(rank))];
  const { back, forth } = lineArrows();
  const step = key === forth ? 1 : key === back ? -1 : 0;
  if (key === 'ArrowUp') return TRAY;
  if (key === 'ArrowDown') return '0';
  return places[Math.min(Math.max(places.indexOf(at) + step, 0), ranks)] ?? at;
}
