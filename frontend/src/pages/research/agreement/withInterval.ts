/** A value with its interval, as every table writes them. */
import type { Schema } from '@/api/schemas';

export type Estimate = Schema<'Estimate'>;

/** "63.2% [58.0%, 68.1%]"; the value alone where it has no interval; a dash where there is none. */
export function withInterval(estimate: Estimate | null | undefined, write: (value: number) => string): string {
  if (!estimate || estimate.value === null) return '–';
  const { value, low, high } = estimate;
  if (typeof low !== 'number' || typeof high !== 'number') return write(value);
  return `${write(value)} [${write(low)}, ${write(high)}]`;
}
