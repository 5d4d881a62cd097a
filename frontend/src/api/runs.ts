/** Training runs: what may be launched, what runs, and what came of it. */
import { queryOptions } from '@tanstack/react-query';
import { get, post } from './client';
import type { Schema } from './schemas';

export type Run = Schema<'Run'>;
export type RunStatus = Schema<'RunStatusEnum'>;
export type RunKind = Schema<'RunKindEnum'>;
export type Setting = Schema<'Setting'>;
export type SettingValues = Record<string, string | number | boolean>;

const LIVE: ReadonlySet<RunStatus> = new Set(['waiting', 'queued', 'running', 'stopping']);
const EVERY_MS = 2000;

/** Whether anything may still change. */
export function isLive(status: RunStatus): boolean {
  return LIVE.has(status);
}

export const formsQuery = queryOptions({
  queryKey: ['run-forms'],
  queryFn: () => get<Schema<'Forms'>>('/runs/forms'),
  staleTime: Infinity,
});

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['run', id],
    queryFn: () => get<Run>(`/runs/${id}`),
    refetchInterval: ({ state }) => (state.data && !isLive(state.data.status) ? false : EVERY_MS),
  });

export type Metric = Schema<'Metric'>;

/**
 * Every metric of a run's attempt so far; each poll asks only for what follows what is known. A resumed run tells
 * its steps anew from its last checkpoint, so another attempt is another list.
 */
export const metricsQuery = (id: string, attempt: number, live: boolean) =>
  queryOptions({
    queryKey: ['run', id, 'metrics', attempt],
    queryFn: async ({ client, queryKey }) => {
      const known = client.getQueryData<Metric[]>(queryKey) ?? [];
      const fresh: Metric[] = [];
      let after: number | string | null = known.at(-1)?.step ?? null;
      do {
        const page: Schema<'MetricList'> = await get<Schema<'MetricList'>>(`/runs/${id}/metrics`, { after });
        fresh.push(...page.results);
        after = page.next;
      } while (after !== null);
      return fresh.length ? [...known, ...fresh] : known;
    },
    refetchInterval: live ? EVERY_MS : false,
  });

export type SampleOutput = Schema<'SampleOutput'>;

/** Samples of a step, from the prompt at the place `first` on; the answer says where the next and the previous begin. */
export const samplesQuery = (id: string, step: number | null, first: string, live: boolean) =>
  queryOptions({
    queryKey: ['run', id, 'samples', step, first],
    queryFn: () => get<Schema<'SampleList'>>(`/runs/${id}/samples`, { step, first: first || null }),
    refetchInterval: live ? 5 * EVERY_MS : false,
  });

export const logQuery = (id: string, live: boolean) =>
  queryOptions({
    queryKey: ['run', id, 'log'],
    queryFn: () => get<Schema<'Log'>>(`/runs/${id}/log`),
    refetchInterval: live ? 2 * EVERY_MS : false,
  });

export function launchRun(body: Schema<'NewRunRequest'>): Promise<Run> {
  return post('/runs', body);
}

export const estimateQuery = (body: Schema<'NewRunRequest'>, enabled: boolean) =>
  queryOptions({
    queryKey: ['run-estimate', body],
    queryFn: () => post<Schema<'RunEstimate'>>('/runs/estimate', body),
    enabled,
    retry: false,
  });

export function launchChain(body: Schema<'NewChainRequest'>): Promise<Schema<'Chain'>> {
  return post('/runs/chain', body);
}

export function cancelRun(id: string): Promise<Run> {
  return post(`/runs/${id}/cancel`);
}

export function haltRun(id: string, why: string): Promise<Run> {
  return post(`/runs/${id}/halt`, { why });
}

/** A halted run goes on only where that is chosen. */
export function resumeRun(id: string, although_halted = false): Promise<Run> {
  return post(`/runs/${id}/resume`, { although_halted });
}
