/** Curating: what a project's prompts are made of, what is to be decided about them, and what to label next. */
import { queryOptions } from '@tanstack/react-query';
import { get, post, put } from './client';
import type { Schema } from './schemas';

export type Curate = Schema<'Curate'>;
export type Pair = Schema<'NearDuplicate'>;
export type PersonalDataPrompt = Schema<'PersonalData'>;
export type Scores = Schema<'OutputScores'>;

export const curateQuery = (project: string) =>
  queryOptions({ queryKey: ['project', project, 'curate'], queryFn: () => get<Curate>(`/projects/${project}/curate`) });

export const scoresQuery = (project: string) =>
  queryOptions({
    queryKey: ['project', project, 'scores'],
    queryFn: () => get<Scores>(`/projects/${project}/scores`),
    refetchInterval: ({ state }) =>
      state.data?.models.some(({ run }) => run && !['done', 'failed', 'halted', 'cancelled'].includes(run.status)) ? 3000 : false,
  });

export function setTargetMix(project: string, body: Schema<'TargetMixRequest'>): Promise<Curate> {
  return put(`/projects/${project}/target-mix`, body);
}

export function setConsent(project: string, body: Schema<'ConsentRequest'>): Promise<Schema<'ConsentChanged'>> {
  return post(`/projects/${project}/consent`, body);
}

export function decidePersonalData(prompt: string, body: Schema<'PersonalDataDecisionRequest'>): Promise<Schema<'PromptDetail'>> {
  return post(`/prompts/${prompt}/personal-data`, body);
}

export function searchNearDuplicates(project: string): Promise<Schema<'Searched'>> {
  return post(`/projects/${project}/near-duplicates/search`);
}

export function decidePair(pair: number, keep: Schema<'KeepEnum'>): Promise<Pair> {
  return post(`/near-duplicates/${pair}/decision`, { keep });
}

export function scoreOutputs(project: string, reward: string): Promise<Schema<'Run'>> {
  return post(`/projects/${project}/scores`, { reward });
}

export function choosePrompts(project: string, body: Schema<'NewBatchRequest'>): Promise<Schema<'Choice'>> {
  return post(`/projects/${project}/choose`, body);
}
