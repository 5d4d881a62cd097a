/**
 * Putting the outputs in order: a tray of lettered cards over columns from best to worst. By pointer, or by keys: a
 * letter takes a card, a digit puts it into that rank, arrows move it. Cards in one column are a tie.
 */
import {
  DndContext,
  DragOverlay,
  KeyboardSensor,
  PointerSensor,
  pointerWithin,
  rectIntersection,
  useDraggable,
  useDroppable,
  useSensor,
  useSensors,
  type Announcements,
  type CollisionDetection,
  type DragEndEvent,
  type KeyboardCoordinateGetter,
  type UniqueIdentifier,
} from '@dnd-kit/core';
import { Button } from '@mantine/core';
import { memo, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { BlindCandidate } from '@/api/types';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';
import { Letter } from '@/components/Letter';
import { Notice } from '@/components/states';
import { announce } from '@/work/announcer';
import type { ComparisonForm } from '@/work/form';
import { letterOf } from '@/work/letters';
import { contradictions, fromRatings, place, rankOf, shift, type Ranking } from '@/work/ranking';
import classes from './RankingPage.module.css';
import { Reader } from './Reader';

const TRAY = 'tray';

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
  const [dragged, setDragged] = useState<number | null>(null);
  const past = useRef<Ranking[]>([]);
  const board = useRef<HTMLDivElement>(null);

  const positionOf = (id: UniqueIdentifier): number => candidates.findIndex((candidate) => candidate.id === id);
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

  const free = dragged === null;
  const group = t('ranking.group');
  useKeys([
    ...candidates.map((_, position) => ({
      keys: letterOf(position).toLowerCase(),
      label: t('ranking.keys.select'),
      group,
      run: () => select(position),
      when: free,
    })),
    ...candidates.map((_, position) => ({
      keys: `shift+${letterOf(position).toLowerCase()}`,
      label: t('ranking.keys.beside'),
      group,
      run: () => setBeside((now) => (now === position ? null : position)),
      when: free,
    })),
    ...candidates.map((_, rank) => ({
      keys: String(rank + 1),
      label: t('ranking.keys.place'),
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
    { keys: 'ArrowLeft', label: t('ranking.keys.left'), group, run: () => move(selected, (id) => shift(ranking, id, -1)), when: free },
    { keys: 'ArrowRight', label: t('ranking.keys.right'), group, run: () => move(selected, (id) => shift(ranking, id, 1)), when: free },
    { keys: 'ArrowUp', label: t('ranking.keys.walk'), group, run: () => neighbor(-1), when: free },
    { keys: 'ArrowDown', label: t('ranking.keys.walk'), group, run: () => neighbor(1), when: free },
    { keys: 'p', label: t('ranking.propose'), group, run: propose, when: free },
    { keys: 'z', label: t('ranking.back'), group, run: back, when: free },
    { keys: 'v', label: t('ranking.differences'), group, run: () => setDifferences((on) => !on), when: free },
  ]);

  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: stepThroughColumns,
      keyboardCodes: { start: ['Space'], cancel: ['Escape'], end: ['Space', 'Enter'] },
    }),
  );
  const announcements = useMemo<Announcements>(() => {
    const letter = (id: UniqueIdentifier): string => letterOf(candidates.findIndex((candidate) => candidate.id === id));
    const place = (id: UniqueIdentifier | undefined): string =>
      id === undefined || id === TRAY ? t('ranking.tray') : t('ranking.rank', { rank: Number(id) + 1 });
    return {
      onDragStart: ({ active }) => t('ranking.drag.start', { letter: letter(active.id) }),
      onDragOver: ({ active, over }) => t('ranking.drag.over', { letter: letter(active.id), place: place(over?.id) }),
      onDragEnd: ({ active, over }) => t('ranking.drag.end', { letter: letter(active.id), place: place(over?.id) }),
      onDragCancel: ({ active }) => t('ranking.drag.cancel', { letter: letter(active.id) }),
    };
  }, [candidates, t]);

  const onDragEnd = ({ active, over }: DragEndEvent): void => {
    setDragged(null);
    if (!over) return;
    setSelected(positionOf(active.id));
    change(place(ranking, String(active.id), over.id === TRAY ? null : Number(over.id)));
  };
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
        onSelect={select}
      />
    );
  };
  const against = contradictions(ranking, ratings);
  const overallOf = (id: string): number | null => ratings[positionOf(id)]?.overall ?? null;

  return (
    <div className={classes.page}>
      <DndContext
        sensors={sensors}
        collisionDetection={underPointerElseNearest}
        accessibility={{ announcements, screenReaderInstructions: { draggable: t('ranking.drag.instructions') } }}
        onDragStart={({ active }) => {
          setDragged(positionOf(active.id));
          setShown(positionOf(active.id));
        }}
        onDragCancel={() => setDragged(null)}
        onDragEnd={onDragEnd}
      >
        <div ref={board} className={classes.board} data-columns={ranking.length}>
          <Column id={TRAY} className={classes.tray}>
            <h2 className={classes.trayTitle}>{t('ranking.tray')}</h2>
            {tray.map((candidate) => card(candidate.id))}
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
              <Column key={rank} id={String(rank)} className={classes.column}>
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
        <DragOverlay dropAnimation={null}>
          {dragged !== null && candidates[dragged] && (
            <div className={classes.card} data-dragged>
              <CardFace position={dragged} text={candidates[dragged].text} overall={ratings[dragged]?.overall ?? null} />
            </div>
          )}
        </DragOverlay>
      </DndContext>
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

function Column({ id, className, children }: { id: string; className: string | undefined; children: ReactNode }): ReactNode {
  const { setNodeRef, isOver } = useDroppable({ id });
  return (
    <div ref={setNodeRef} className={className} data-over={isOver || undefined} data-rank={id}>
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
  onSelect: (position: number) => void;
}

function Card({ id, position, text, overall, selected, onSelect }: CardProps): ReactNode {
  const { t } = useTranslation('work');
  const { attributes, listeners, setNodeRef, isDragging } = useDraggable({ id });
  return (
    <button
      ref={setNodeRef}
      id={cardId(id)}
      type="button"
      className={classes.card}
      data-selected={selected || undefined}
      data-lifted={isDragging || undefined}
      {...attributes}
      {...listeners}
      aria-label={t('ranking.card', { letter: letterOf(position) })}
      aria-pressed={selected}
      onClick={() => onSelect(position)}
    >
      <CardFace position={position} text={text} overall={overall} />
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

/** The column under the pointer; by keys, and between columns, the one that is covered most. */
const underPointerElseNearest: CollisionDetection = (args) => {
  const under = pointerWithin(args);
  return under.length ? under : rectIntersection(args);
};

/** Keyboard dragging: left and right step through the ranks, up leads to the tray, down into the best rank. */
const stepThroughColumns: KeyboardCoordinateGetter = (event, { currentCoordinates, context }) => {
  const columns = [...context.droppableContainers.getEnabled()].map((container) => container.id);
  const here = context.over?.id ?? TRAY;
  const index = columns.indexOf(here);
  const target =
    event.code === 'ArrowUp' ? TRAY
    : event.code === 'ArrowDown' ? '0'
    : event.code === 'ArrowRight' ? columns[Math.min(index + 1, columns.length - 1)]
    : event.code === 'ArrowLeft' ? columns[Math.max(index - 1, 0)]
    : undefined;
  if (target === undefined) return undefined;
  event.preventDefault();
  const rect = context.droppableRects.get(target);
  return rect ? { x: rect.left + 8, y: rect.top + 8 } : currentCoordinates;
};
