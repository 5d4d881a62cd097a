/** The words in which two texts differ. */
import { diffWordsWithSpace } from 'diff';

export interface Piece {
  text: string;
  /** Only this text has it. */
  own: boolean;
}

export interface Change {
  text: string;
  kind: 'same' | 'added' | 'removed';
}

/** One text that says what became of the first in the second. */
export function changesBetween(first: string, second: string): Change[] {
  return diffWordsWithSpace(first, second).map(({ value, added, removed }) => ({
    text: value,
    kind: added ? 'added' : removed ? 'removed' : 'same',
  }));
}

/** Both texts in pieces, in order; joined again, the pieces of a side are its text. */
export function wordDifferences(first: string, second: string): { first: Piece[]; second: Piece[] } {
  const changes = diffWordsWithSpace(first, second);
  const side = (leave: 'added' | 'removed', own: 'added' | 'removed'): Piece[] =>
    changes.filter((change) => !change[leave]).map((change) => ({ text: change.value, own: change[own] }));
  return { first: side('added', 'removed'), second: side('removed', 'added') };
}
