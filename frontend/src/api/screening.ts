/** Screening, keys and checks: the labeler's progress, and what researchers set, see and decide. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api, get, patch, post } from './client';
import type { Schema } from './schemas';

export type OwnScreening = Schema<'OwnScreening'>;
export type Scores = Schema<'Scores'>;
export type ScreeningResult = Schema<'ScreeningResult'>;
export type KeyedTask = Schema<'KeyedTask'>;
export type Checks = Schema<'Checks'>;
export type Feedback = Schema<'Feedback'>;

export const ownScreeningQuery = (project: string) =>
  queryOptions({
    queryKey: ['screening', project],
    // One comes back to it from a task that has just moved it on.
    refetchOnMount: 'always',
    queryFn: () =>
      answer(api.GET('/api/v1/projects/{project_id}/screening', { params: { path: { project_id: project } } })),
  });

export function tellTopics(project: string, body: Schema<'TopicsRequest'>): Promise<OwnScreening> {
  return answer(
    api.POST('/api/v1/projects/{project_id}/screening/topics', { params: { path: { project_id: project } }, body }),
  );
}

export const feedbackQuery = (assignment: string) =>
  queryOptions({
    queryKey: ['feedback', assignment],
    queryFn: () =>
      answer(
        api.GET('/api/v1/assignments/{assignment_id}/feedback', { params: { path: { assignment_id: assignment } } }),
      ),
    staleTime: Infinity,
  });

export const checksQuery = (project: string) =>
  queryOptions({ queryKey: ['project', project, 'checks'], queryFn: () => get<Checks>(`/projects/${project}/checks`) });

export function changeChecks(project: string, body: Partial<Checks>): Promise<Checks> {
  return patch(`/projects/${project}/checks`, body);
}

export const keysPath = (project: string): string => `/projects/${project}/keys`;
export const screeningsPath = (project: string): string => `/projects/${project}/screenings`;

export function answerForKey(task: string): Promise<Schema<'Assignment'>> {
  return post(`/tasks/${task}/answer`);
}

export function setKey(task: string, body: Schema<'NewKeyRequest'>): Promise<Schema<'Key'>> {
  return post(`/tasks/${task}/key`, body);
}

export const toRateQuery = (project: string) =>
  queryOptions({
    queryKey: ['project', project, 'to-rate'],
    queryFn: () => get<Schema<'DemonstrationsToRate'>>(`/projects/${project}/screening/demonstrations`),
  });

export function rateDemonstration(judgment: string, value: number): Promise<Schema<'ScreeningRating'>> {
  return post(`/judgments/${judgment}/screening-rating`, { value });
}

export function decideScreening(id: string, body: Schema<'DecideRequest'>): Promise<ScreeningResult> {
  return post(`/screenings/${id}/decision`, body);
}
