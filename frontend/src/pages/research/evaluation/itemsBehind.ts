import type { ItemFilters } from '../items/itemsLink';

interface Mark {
  panel: { prompt_set: string; pool: string };
  figure: string;
  flag: string;
  baseline: string;
  /** Whether only accepted work is counted. */
  accepted: boolean;
  /** None for all that the panel rests on. */
  model?: string;
}

/** What the items behind a panel are called in the list of items, or those behind one model's mark in it. */
export function itemsBehind({ panel, figure, flag, baseline, accepted, model }: Mark): ItemFilters {
  const compared = figure === 'win_rate' || figure === 'length_controlled';
  return {
    prompt_set: panel.prompt_set,
    pool: panel.pool === 'all' ? undefined : panel.pool,
    accepted: accepted || undefined,
    flag: figure === 'flags' && model ? flag : undefined,
    model,
    against: model && compared && model !== baseline ? baseline : undefined,
  };
}
