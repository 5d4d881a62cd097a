/** What changed between two versions of a text, paragraph by paragraph. */
import { diffArrays } from 'diff';
import { wordDifferences, type Piece } from './differences';

export type Change =
  | { kind: 'same' | 'added' | 'removed'; text: string }
  /** A paragraph that was reworded: both wordings in pieces. */
  | { kind: 'changed'; before: Piece[]; after: Piece[] }
  /** Paragraphs in which nothing changed, left out. */
  | { kind: 'left_out'; count: number };

/** Paragraphs of both texts in order; of those that stayed, only the neighbors of a change. */
export function textChanges(before: string, after: string): Change[] {
  const changes: Change[] = [];
  const parts = diffArrays(paragraphs(before), paragraphs(after));
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index];
    const next = parts[index + 1];
    if (!part) continue;
    if (part.removed && next?.added && part.value.length === next.value.length) {
      part.value.forEach((text, place) => changes.push(reworded(text, next.value[place] ?? '')));
      index += 1;
    } else {
      const kind = part.added ? 'added' : part.removed ? 'removed' : 'same';
      changes.push(...part.value.map((text) => ({ kind, text }) as const));
    }
  }
  return leaveOut(changes);
}

export function anythingChanged(changes: readonly Change[]): boolean {
  return changes.some((change) => change.kind !== 'same' && change.kind !== 'left_out');
}

function paragraphs(text: string): string[] {
  return text.split(/\n\s*\n/).map((paragraph) => paragraph.trim()).filter(Boolean);
}

function reworded(before: string, after: string): Change {
  const { first, second } = wordDifferences(before, after);
  return { kind: 'changed', before: first, after: second };
}

function leaveOut(changes: readonly Change[]): Change[] {
  const near = (index: number): boolean =>
    [index - 1, index, index + 1].some((place) => changes[place] !== undefined && changes[place].kind !== 'same');
  const shown: Change[] = [];
  changes.forEach((change, index) => {
    const last = shown.at(-1);
    if (near(index)) shown.push(change);
    else if (last?.kind === 'left_out') last.count += 1;
    else shown.push({ kind: 'left_out', count: 1 });
  });
  return shown;
}
