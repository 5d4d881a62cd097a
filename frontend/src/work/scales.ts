import type { Scale } from '@/api/types';

/** The points of a scale, from least to most. */
export function pointsOf(scale: Scale): number[] {
  return Array.from({ length: scale.max - scale.min + 1 }, (_, index) => scale.min + index);
}
