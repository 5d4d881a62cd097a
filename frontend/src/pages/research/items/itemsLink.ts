import { withFilters } from '@/app/filters';
import { paths } from '@/app/paths';

/** What the items can be narrowed to, each a part of the address; the API's names (ItemsQuerySerializer). */
export const FILTERS = [
  'order', 'kind', 'labeler', 'with', 'batch', 'pool', 'use_case', 'language', 'guideline', 'week', 'flag', 'agreement', 'cell',
  'model', 'against', 'outcome',
  'contradicting', 'position', 'length', 'longer', 'seconds', 'constant',
  'compared', 'with_pool', 'prompt_set', 'accepted', 'reference', 'reference_by',
] as const;

/** What means nothing without the filter that it narrows, and goes with it. */
export const NARROWS: Partial<Record<ItemFilter, readonly ItemFilter[]>> = {
  labeler: ['cell'],
  with: ['cell'],
  length: ['longer'],
  model: ['against', 'outcome'],
  against: ['outcome'],
  reference: ['reference_by'],
};

export type ItemFilter = (typeof FILTERS)[number];
export type ItemFilters = Partial<Record<ItemFilter, string | number | boolean>>;

/** The address of the items behind a mark in a chart or a row of a table. */
export function itemsLink(project: string, filters: ItemFilters): string {
  return withFilters(paths.items(project), filters);
}
