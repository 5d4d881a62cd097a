/** The figures of an evaluation, how they are written and drawn. */
import type { ModelFigures } from '@/api/evaluation';
import { formatFixed, formatNumber, formatPercent } from '@/app/format';
import { withInterval, type Estimate } from '../agreement/withInterval';

export type { Estimate };

export const FIGURES = ['win_rate', 'length_controlled', 'elo', 'rating', 'flags'] as const;
export type Figure = (typeof FIGURES)[number];

/** The estimate of one figure of a model; of flags, of this flag. Null where the figure says nothing of the model. */
export function estimateOf(model: ModelFigures, figure: Figure, flag: string): Estimate | null {
  if (figure === 'flags') return model.flags[flag] ?? null;
  return model[figure];
}

export function write(figure: Figure, value: number): string {
  if (figure === 'elo') return formatNumber(value);
  if (figure === 'rating') return formatFixed(value, 2);
  return formatPercent(value);
}

/** One cell of a figure. */
export function cell(figure: Figure, estimate: Estimate | null): string {
  return withInterval(estimate, (value) => write(figure, value));
}

/** The ends of the axis, the same for all panels: shares from 0 to 1, ratings from 1 to 7, points as they come. */
export function scaleOf(figure: Figure, estimates: readonly (Estimate | null)[]): [number, number] {
  if (figure === 'rating') return [1, 7];
  if (figure !== 'elo') return [0, 1];
  const bounds = estimates.flatMap((one) =>
    one && one.value !== null ? [one.value, one.low ?? one.value, one.high ?? one.value] : [],
  );
  if (bounds.length === 0) return [800, 1200];
  return [Math.floor(Math.min(...bounds, 950) / 50) * 50, Math.ceil(Math.max(...bounds, 1050) / 50) * 50];
}

/** Where neither model is the better one. */
export function evenOf(figure: Figure): number | null {
  if (figure === 'win_rate' || figure === 'length_controlled') return 0.5;
  return figure === 'elo' ? 1000 : null;
}
