/** Outputs carry letters by the order in which they are shown: A, B, C, ... and keep letter and color on every page. */
export const LETTERS = 'ABCDEFGHI';

export function letterOf(position: number): string {
  return LETTERS[position] ?? '?';
}

export function letterColor(position: number): string {
  return `var(--letter-${letterOf(position).toLowerCase()})`;
}
