/**
 * Dragging a card onto a place, by pointer, touch or pen. While it moves nothing is rendered anew: the card's shadow and
 * the mark on the place beneath are moved by hand, so that a board over nine long outputs stays as quick as an empty one.
 *
 * A place is an element with data-rank; what it says is given to `onOver` and `onDrop`. Keys are the page's own business.
 */
import { useEffect, useRef, useState, type PointerEvent as ReactPointerEvent, type RefObject } from 'react';

/** The way that a press may tremble and still be a click, in pixels. */
const STILL = 6;
/** So near the edge, in pixels, the board scrolls on by itself. */
const EDGE = 56;
const SCROLL_STEP = 12;

interface DragEvents {
  onStart: (id: string) => void;
  onOver: (id: string, place: string | null) => void;
  onDrop: (id: string, place: string) => void;
  onCancel: (id: string) => void;
}

export interface CardDrag {
  /** The card that is on its way. */
  dragged: string | null;
  press: (id: string, event: ReactPointerEvent) => void;
  /** True for the click that ends a drag, which is none. */
  justDropped: () => boolean;
}

/** `board` holds the places; `shadow` is the element that is shown under the pointer while `dragged` is set. */
export function useCardDrag(
  board: RefObject<HTMLElement | null>,
  shadow: RefObject<HTMLElement | null>,
  events: DragEvents,
): CardDrag {
  const [dragged, setDragged] = useState<string | null>(null);
  const latest = useRef(events);
  useEffect(() => {
    latest.current = events;
  });
  const droppedAt = useRef(0);
  const end = useRef<(() => void) | null>(null);
  useEffect(() => () => end.current?.(), []);

  const press = (id: string, first: ReactPointerEvent): void => {
    if (!first.isPrimary || first.button !== 0) return;
    end.current?.();
    const card = first.currentTarget as HTMLElement;
    const box = card.getBoundingClientRect();
    const grip = { x: first.clientX - box.left, y: first.clientY - box.top };
    let at = { x: first.clientX, y: first.clientY };
    let moving = false;
    let over: HTMLElement | null = null;
    let frame = 0;

    const mark = (next: HTMLElement | null): void => {
      if (next === over) return;
      over?.removeAttribute('data-over');
      next?.setAttribute('data-over', 'true');
      over = next;
      latest.current.onOver(id, next?.dataset.rank ?? null);
    };
    const follow = (): void => {
      frame = requestAnimationFrame(follow);
      if (shadow.current) shadow.current.style.transform = `translate(${at.x - grip.x}px, ${at.y - grip.y}px)`;
      scrollAtEdge(board.current, at.y);
      mark(placeAt(at));
    };
    const move = (event: PointerEvent): void => {
      if (event.pointerId !== first.pointerId) return;
      at = { x: event.clientX, y: event.clientY };
      if (moving || Math.hypot(at.x - first.clientX, at.y - first.clientY) < STILL) return;
      moving = true;
      setDragged(id);
      latest.current.onStart(id);
      follow();
    };
    const finish = (drop: boolean): void => {
      if (moving) mark(placeAt(at));
      const place = over?.dataset.rank;
      stop();
      if (!moving) return;
      droppedAt.current = performance.now();
      if (drop && place !== undefined) latest.current.onDrop(id, place);
      else latest.current.onCancel(id);
    };
    const up = (event: PointerEvent): void => {
      if (event.pointerId !== first.pointerId) return;
      at = { x: event.clientX, y: event.clientY };
      finish(true);
    };
    const cancel = (event: PointerEvent): void => {
      if (event.pointerId === first.pointerId) finish(false);
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || !moving) return;
      event.preventDefault();
      event.stopPropagation();
      finish(false);
    };
    const stop = (): void => {
      cancelAnimationFrame(frame);
      over?.removeAttribute('data-over');
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', cancel);
      window.removeEventListener('keydown', escape, true);
      end.current = null;
      setDragged(null);
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', cancel);
    window.addEventListener('keydown', escape, true);
    end.current = stop;
  };

  return { dragged, press, justDropped: () => performance.now() - droppedAt.current < 50 };
}

function placeAt(at: { x: number; y: number }): HTMLElement | null {
  return document.elementFromPoint(at.x, at.y)?.closest<HTMLElement>('[data-rank]') ?? null;
}

function scrollAtEdge(board: HTMLElement | null, y: number): void {
  const own = board && board.scrollHeight > board.clientHeight ? board : document.scrollingElement;
  if (!own) return;
  const box = own === board ? board.getBoundingClientRect() : { top: 0, bottom: window.innerHeight };
  if (y < box.top + EDGE) own.scrollTop -= SCROLL_STEP;
  else if (y > box.bottom - EDGE) own.scrollTop += SCROLL_STEP;
}
