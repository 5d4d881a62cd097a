import { itemsLink, type ItemFilter } from './itemsLink';

/** What a labeler can say of a pair of outputs. */
export const SAID = ['first', 'tie', 'second'] as const;

/** The items that are asked for, of one cell of what the two labelers said. */
export function cellLink(project: string, filters: Partial<Record<ItemFilter, string>>, cell: string): string {
  return itemsLink(project, { ...filters, cell });
}
