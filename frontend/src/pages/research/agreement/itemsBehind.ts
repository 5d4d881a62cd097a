import type { ItemFilters } from '../items/itemsLink';

/**
 * What the items behind a row of a table of agreement are called in the list of items: those that it compares. Of
 * flags, where somebody set one; of a labeler's reliability all that the labeler judged.
 */
export function itemsBehind(by: string, { key, labels }: { key: string; labels: readonly string[] }): ItemFilters {
  const [one = '', other = ''] = labels;
  switch (by) {
    case 'labeler':
      return { labeler: one, compared: true };
    case 'researchers':
      return { labeler: one, compared: true, with_pool: 'researcher' };
    case 'reliability':
      return { labeler: one };
    case 'pair':
      return { labeler: one, with: other };
    case 'rating':
      return { pool: key === 'all' ? '' : key, compared: true };
    case 'flag':
      return { flag: key };
    default:
      return { [by]: key, compared: true };
  }
}
