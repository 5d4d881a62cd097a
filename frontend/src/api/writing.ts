/** Asking labelers for prompts. */
import { queryOptions } from '@tanstack/react-query';
import type { Batch } from './collection';
import { get, post } from './client';
import type { Schema } from './schemas';

export type Needs = Schema<'Needs'>;

/** What the project has beside the paper, and how `count` new prompts would best be divided. */
export const needsQuery = (project: string, count: number) =>
  queryOptions({
    queryKey: ['project', project, 'needs', count],
    queryFn: () => get<Needs>(`/projects/${project}/writing?count=${count}`),
  });

export function previewWriting(project: string, body: Schema<'NewWritingRequest'>): Promise<Schema<'Preview'>> {
  return post(`/projects/${project}/writing/preview`, body);
}

export function publishWriting(project: string, body: Schema<'NewWritingRequest'>): Promise<Batch> {
  return post(`/projects/${project}/writing`, body);
}
