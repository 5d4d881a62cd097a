/** How the figures of agreement tables are written. */
import type { Schema } from '@/api/schemas';
import { formatFixed, formatPercent } from '@/app/format';
import { withInterval, type Estimate } from './withInterval';

export type { Estimate };
export type Row = Schema<'AgreementRow'>;

/** Shares of all that could be, and differences of such; the others are coefficients with two digits. */
const SHARES = new Set([
  'pairwise', 'pairwise_decided', 'agreement', 'researchers', 'positive', 'negative', 'accuracy', 'tie_bias', 'first_bias', 'earlier_wins', 'first',
  'chance', 'longer_wins', 'of_labelers', 'of_researchers', 'contradicting_rankings', 'contradicting_pairs', 'same', 'center',
  'lower', 'upper', 'items',
]);

export const isShare = (statistic: string): boolean => SHARES.has(statistic);

export function write(statistic: string, value: number): string {
  return isShare(statistic) ? formatPercent(value) : formatFixed(value, 2);
}

/** One cell of a statistic. */
export function cell(statistic: string, estimate: Estimate | null | undefined): string {
  return withInterval(estimate, (value) => write(statistic, value));
}

/** The statistics that the rows have, in the order in which they come. */
export function statisticsOf(rows: readonly Pick<Row, 'estimates'>[]): string[] {
  return Object.keys(rows[0]?.estimates ?? {});
}
