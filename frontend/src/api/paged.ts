import { infiniteQueryOptions } from '@tanstack/react-query';
import { get } from './client';
import type { Page } from './types';

/** A list of the API by cursor, for useInfiniteQuery. */
export function pagedQuery<Row>(path: string, filters: Record<string, string | number | boolean | null | undefined> = {}) {
  return infiniteQueryOptions({
    queryKey: ['list', path, filters],
    queryFn: ({ pageParam, signal }) => get<Page<Row>>(path, { ...filters, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}
