/** Projects, their people, guidelines and rubrics. */
import { queryOptions } from '@tanstack/react-query';
import { get, patch, post, remove } from './client';
import { whileCounting } from './counting';
import type { Schema } from './schemas';
import type { Page } from './types';

export type Project = Schema<'Project'>;
export type Member = Schema<'Member'>;

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: () => get<Page<Project>>('/projects', { limit: 200 }),
});

export const projectQuery = (id: string) =>
  queryOptions({ queryKey: ['project', id], queryFn: () => get<Project>(`/projects/${id}`) });

export const overviewQuery = (id: string) =>
  queryOptions({
    queryKey: ['project', id, 'overview'],
    queryFn: () => get<Schema<'Overview'>>(`/projects/${id}/overview`),
    refetchInterval: 30_000,
  });

export const checkReportQuery = (id: string) =>
  queryOptions({
    queryKey: ['project', id, 'check-report'],
    queryFn: () => get<Schema<'CheckReport'>>(`/projects/${id}/checks/report`),
  });

export const paperTableQuery = (id: string, number: number) =>
  queryOptions({
    queryKey: ['project', id, 'tables', number],
    queryFn: () => get<Schema<'PaperTable'>>(`/projects/${id}/tables/${number}`),
  });

export const agreementQuery = (id: string) =>
  queryOptions({
    queryKey: ['project', id, 'agreement'],
    queryFn: () => get<Schema<'Agreement'>>(`/projects/${id}/agreement`),
    refetchInterval: ({ state }) => whileCounting(state.data),
  });

export const agreementTableQuery = (id: string, by: string) =>
  queryOptions({
    queryKey: ['project', id, 'agreement', by],
    queryFn: () => get<Schema<'AgreementTable'>>(`/projects/${id}/agreement/table`, { by }),
    refetchInterval: ({ state }) => whileCounting(state.data),
  });

export const rubricsQuery = (id: string) =>
  queryOptions({
    queryKey: ['project', id, 'rubrics'],
    queryFn: () => get<Page<Schema<'Rubric'>>>(`/projects/${id}/rubrics`),
  });

export const rubricTemplatesQuery = queryOptions({
  queryKey: ['rubric-templates'],
  queryFn: () => get<Schema<'RubricTemplate'>[]>('/rubric-templates'),
  staleTime: Infinity,
});

export type ProjectSettings = Partial<Schema<'ProjectRequest'>>;

export function makeProject(settings: ProjectSettings): Promise<Project> {
  return post('/projects', settings);
}

export function changeProject(id: string, settings: ProjectSettings): Promise<Project> {
  return patch(`/projects/${id}`, settings);
}

export function addMember(project: string, body: Schema<'NewMemberRequest'>): Promise<Member> {
  return post(`/projects/${project}/members`, body);
}

export function changeMember(id: string, body: Schema<'PatchedMemberChangeRequest'>): Promise<Member> {
  return patch(`/members/${id}`, body);
}

export function removeMember(id: string): Promise<void> {
  return remove(`/members/${id}`);
}

export function publishGuideline(project: string, body: Schema<'NewGuidelineRequest'>): Promise<Schema<'Guideline'>> {
  return post(`/projects/${project}/guidelines`, body);
}

export function publishRubric(project: string, content: Schema<'RubricContent'>): Promise<Schema<'Rubric'>> {
  return post(`/projects/${project}/rubrics`, { content });
}
