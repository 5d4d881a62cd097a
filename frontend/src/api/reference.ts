/** The reference of an item that one answered, where the project shows it. */
import { queryOptions } from '@tanstack/react-query';
import { get } from './client';
import type { Schema } from './schemas';

export type ShownReference = Schema<'ShownReference'>;

/** Null: none is shown (yet). */
export const shownReferenceQuery = (assignment: string) =>
  queryOptions({
    queryKey: ['reference', assignment],
    queryFn: async () => (await get<ShownReference | undefined>(`/assignments/${assignment}/reference`)) ?? null,
  });
