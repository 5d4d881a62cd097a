/** What tells runs apart: how they were launched, and what they measured. */
import type { Run } from '@/api/runs';

/** As many as can be told apart in one chart. */
export const MOST_COMPARED = 4;

/** The runs that an address names, each once. */
export function namedIn(text: string): string[] {
  return [...new Set(text.split(',').filter(Boolean))].slice(0, MOST_COMPARED);
}

export interface Difference {
  name: string;
  /** One value of each run; '' where it has none of its own. */
  values: string[];
}

/** How runs were launched, where that differs: preset, seed, inputs and settings; '' is the preset's value. */
export function launchDifferences(runs: readonly Run[]): Difference[] {
  const launched = runs.map((run) => ({
    preset: run.preset,
    seed: String(run.seed),
    ...Object.fromEntries(run.inputs.map((input) => [`input ${input.name}`, input.label])),
    ...Object.fromEntries(Object.entries(run.settings).map(([name, value]) => [name, String(value)])),
  }));
  return rowsOf(launched).filter(({ values }) => new Set(values).size > 1);
}

/** The newest value of each metric that a run has. */
export function results(runs: readonly Run[], format: (value: number) => string): Difference[] {
  return rowsOf(
    runs.map((run) =>
      Object.fromEntries(
        Object.entries(run.latest).map(([name, value]) => [name, value === null ? '' : format(value)]),
      ),
    ),
  );
}

function rowsOf(columns: readonly Record<string, string>[]): Difference[] {
  const names = [...new Set(columns.flatMap((column) => Object.keys(column)))];
  return names.map((name) => ({ name, values: columns.map((column) => column[name] ?? '') }));
}

/** Names that tell the runs apart, also where two were named alike. */
export function tellApart(runs: readonly Run[]): string[] {
  return runs.map((run) =>
    runs.filter((other) => other.name === run.name).length > 1 ? `${run.name} (${run.id.slice(0, 4)})` : run.name,
  );
}
