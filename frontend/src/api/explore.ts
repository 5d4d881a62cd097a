/** What else may be at work in judgments: the views of a project's Explore page. */
import { queryOptions } from '@tanstack/react-query';
import { get } from './client';
import { whileCounting } from './counting';
import type { Schema } from './schemas';

export type ExploreView = Schema<'Explore'>;
export type ExploreTable = Schema<'ExploreTable'>;
export type ExploreRow = Schema<'ExploreRow'>;

export const exploreQuery = (project: string, view: string) =>
  queryOptions({
    queryKey: ['project', project, 'explore', view],
    queryFn: () => get<ExploreView>(`/projects/${project}/explore`, { view }),
    refetchInterval: ({ state }) => whileCounting(state.data),
  });
