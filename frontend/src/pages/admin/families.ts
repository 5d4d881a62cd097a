import type { Metric } from '@/api/runs';

export interface Series {
  name: string;
  /** [step, value], by step. */
  points: [number, number][];
}

export interface Family {
  name: string;
  series: Series[];
}

const HELD_OUT = /^(?:valid|validation|test|held_out|eval|text)[_/]/;
/** What a step cost: of use as a sum (CostFacts), not as a curve. */
const COUNTED = new Set(['flops', 'processed_tokens', 'device_seconds']);
/** What a person looks at first; the rest follows by name. */
const FIRST = ['loss', 'reward', 'kl', 'accuracy', 'perplexity'];

/**
 * Metrics by what they measure: `valid_loss` stands beside `loss`, and `accuracy_low` and `accuracy_high` beside
 * `accuracy`. Values that were not finite are missing, and leave a gap.
 */
export function familiesOf(metrics: readonly Metric[]): Family[] {
  const series = new Map<string, [number, number][]>();
  for (const metric of metrics) {
    for (const [name, value] of Object.entries(metric.values)) {
      if (value === null || COUNTED.has(name)) continue;
      const points = series.get(name) ?? [];
      points.push([metric.step, value]);
      series.set(name, points);
    }
  }
  const families = new Map<string, Series[]>();
  for (const [name, points] of series) {
    const family = name.replace(HELD_OUT, '').replace(/_(?:low|high)$/, '');
    families.set(family, [...(families.get(family) ?? []), { name, points }]);
  }
  return [...families]
    .map(([name, members]) => ({ name, series: members.sort((one, other) => one.name.length - other.name.length) }))
    .sort((one, other) => rank(one.name) - rank(other.name) || one.name.localeCompare(other.name));
}

/** Each metric that two of some runs have, as a family with a series for each; `name` tells the runs apart. */
export function comparedFamilies(runs: readonly { name: string; metrics: readonly Metric[] }[]): Family[] {
  const families = new Map<string, Series[]>();
  for (const { name, metrics } of runs) {
    for (const { series } of familiesOf(metrics)) {
      for (const one of series) families.set(one.name, [...(families.get(one.name) ?? []), { name, points: one.points }]);
    }
  }
  return [...families]
    .map(([name, series]) => ({ name, series }))
    .filter(({ series }) => series.length > 1)
    .sort((one, other) => rank(one.name) - rank(other.name) || one.name.localeCompare(other.name));
}

function rank(name: string): number {
  const place = FIRST.findIndex((first) => name === first || name.startsWith(`${first}_`));
  return place < 0 ? FIRST.length : place;
}
