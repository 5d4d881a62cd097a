/** Nine points from "the first is far better" (1) over "no difference" (5) to "the second is far better" (9). */
import type { Ranking } from './ranking';

export const POINTS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
const NO_DIFFERENCE = 5;

/** The ranking of two outputs that a confidence says. */
export function rankingOf(confidence: number, first: string, second: string): Ranking {
  if (confidence === NO_DIFFERENCE) return [[first, second], []];
  return confidence < NO_DIFFERENCE ? [[first], [second]] : [[second], [first]];
}

/** How far a point is from no difference, 0 to 4, and to which side. */
export function leaning(confidence: number): { side: 'first' | 'second' | 'none'; steps: number } {
  const steps = Math.abs(confidence - NO_DIFFERENCE);
  return { side: steps === 0 ? 'none' : confidence < NO_DIFFERENCE ? 'first' : 'second', steps };
}
