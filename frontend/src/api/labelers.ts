/** What each labeler is like, and how far kinds of judges agree. */
import { queryOptions } from '@tanstack/react-query';
import { get } from './client';
import { whileCounting } from './counting';
import type { Schema } from './schemas';

export type Labeler = Schema<'Labeler'>;

export const labelersQuery = (project: string) =>
  queryOptions({
    queryKey: ['project', project, 'labelers'],
    queryFn: () => get<Schema<'Labelers'>>(`/projects/${project}/labelers`),
    refetchInterval: ({ state }) => whileCounting(state.data),
  });

export const judgesQuery = (project: string) =>
  queryOptions({
    queryKey: ['project', project, 'labelers', 'judges'],
    queryFn: () => get<Schema<'Judges'>>(`/projects/${project}/labelers/judges`),
    refetchInterval: ({ state }) => whileCounting(state.data),
  });
