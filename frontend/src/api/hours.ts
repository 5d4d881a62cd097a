/** Active time and items, and the voluntary surveys. */
import { queryOptions } from '@tanstack/react-query';
import { get, post } from './client';
import type { Schema } from './schemas';

/** Two days as "2026-11-21"; an empty one is left to the server. */
export interface Span {
  since: string;
  until: string;
}

export const progressQuery = (project: string, { since, until }: Span) =>
  queryOptions({
    queryKey: ['project', project, 'progress', since, until],
    queryFn: () => get<Schema<'Progress'>>(`/projects/${project}/progress`, { since: since || null, until: until || null }),
  });

export const hoursQuery = (project: string, { since, until }: Span) =>
  queryOptions({
    queryKey: ['project', project, 'hours', since, until],
    queryFn: () => get<Schema<'Hours'>>(`/projects/${project}/hours`, { since: since || null, until: until || null }),
  });

export const ownAgreementQuery = (project: string) =>
  queryOptions({
    queryKey: ['project', project, 'agreement', 'own'],
    queryFn: () => get<Schema<'Estimate'>>(`/projects/${project}/agreement/own`),
  });

export const surveyQuery = (survey: string) =>
  queryOptions({
    queryKey: ['survey', survey],
    queryFn: () => get<Schema<'Survey'>>(`/surveys/${survey}`),
    staleTime: Infinity,
  });

export const surveyResultsQuery = (survey: string) =>
  queryOptions({
    queryKey: ['survey', survey, 'results'],
    queryFn: () => get<Schema<'SurveyResults'>>(`/surveys/${survey}/results`),
  });

export function answerSurvey(survey: string, body: Schema<'SurveyAnswersRequest'>): Promise<void> {
  return post(`/surveys/${survey}`, body);
}
