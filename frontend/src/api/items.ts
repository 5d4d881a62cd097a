/** The judged items of a project, by filters that stand in the address. */
import { infiniteQueryOptions, queryOptions, type InfiniteData } from '@tanstack/react-query';
import { get } from './client';
import type { Schema } from './schemas';

export type ShortItem = Schema<'ShortItem'>;
type ItemList = Schema<'ItemList'>;
type CellList = Schema<'CellList'>;

/** While items that were judged are not in the list yet, it is asked for again. */
const ASK_AGAIN = 2_000;

export function itemsQuery(project: string, filters: Record<string, string>) {
  const path = `/projects/${project}/items`;
  return infiniteQueryOptions({
    queryKey: ['list', path, filters],
    queryFn: ({ pageParam, signal }) => get<ItemList>(path, { ...filters, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: (query) => (waitingOf(query.state.data) ? ASK_AGAIN : false),
  });
}

export function waitingOf(list: InfiniteData<ItemList> | undefined): number {
  return list?.pages[0]?.waiting ?? 0;
}

/** What two labelers, `labeler` and `with`, said of the same pairs of outputs. */
export function cellsQuery(project: string, filters: Record<string, string>) {
  const asked = { ...filters, cell: '', order: '' };
  return queryOptions({
    queryKey: ['project', project, 'cells', asked],
    queryFn: ({ signal }) => get<CellList>(`/projects/${project}/items/cells`, asked, signal),
  });
}
