/** A recipe in the address, and as what differs from the default. */
import type { Recipe } from '@/api/recipes';

export const DEFAULT_POOLS: Recipe['pools'] = ['training'];

const isText = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number';
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNames = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

/** What each part of a recipe looks like; which values it may have, the API says. */
const SHAPES: Record<keyof Recipe, (value: unknown) => boolean> = {
  version: isNumber,
  within: isText,
  labelers: isNames,
  without_labelers: isNames,
  pools: isNames,
  splits: isNames,
  use_cases: isNames,
  languages: isNames,
  sources: isNames,
  batches: isNames,
  guidelines: (value) => Array.isArray(value) && value.every(isNumber),
  since: isText,
  until: isText,
  least_judgments: isNumber,
  least_agreement: isNumber,
  aggregation: isText,
  weights: isText,
  group_by: isText,
  groups: (value) => isObject(value) && Object.values(value).every(isNames),
};

interface ReadRecipe {
  recipe: Recipe;
  /** What the address says beside it, and no recipe can have. */
  unread: string[];
}

/** The recipe of an address, which anybody may have typed. */
export function readRecipe(text: string): ReadRecipe {
  let found: unknown = {};
  try {
    found = text ? JSON.parse(text) : {};
  } catch {
    found = null;
  }
  if (!isObject(found)) return { recipe: {}, unread: [text] };
  const readable = ([name, value]: [string, unknown]): boolean =>
    value === null || (Object.hasOwn(SHAPES, name) && SHAPES[name as keyof Recipe](value));
  const said = Object.entries(found);
  return {
    recipe: Object.fromEntries(said.filter(readable)),
    unread: said.filter((part) => !readable(part)).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
  };
}

/** Without what is empty or as the default has it; '' for the default. */
export function writeRecipe(recipe: Recipe): string {
  const said = plainRecipe(recipe);
  return Object.keys(said).length ? JSON.stringify(said) : '';
}

export function plainRecipe(recipe: Recipe): Recipe {
  const said = Object.entries(recipe).filter(([name, value]) => {
    if (name === 'version' || value === null || value === undefined || value === '') return false;
    if (Array.isArray(value)) return value.length > 0 && !(name === 'pools' && value.join() === DEFAULT_POOLS?.join());
    if (name === 'groups') return Object.keys(value as object).length > 0;
    if (name === 'least_judgments') return value !== 1;
    if (name === 'least_agreement') return value !== 0;
    if (name === 'aggregation') return value !== 'each';
    if (name === 'weights') return value !== 'equal';
    return true;
  });
  return Object.fromEntries(said);
}

const OF_COMPARISONS = new Set(['least_judgments', 'least_agreement', 'aggregation', 'weights']);
const OF_PROMPTS = new Set(['use_cases', 'languages', 'sources', 'splits', 'since', 'until']);

/** A recipe for another kind of snapshot: without what that kind does not have, or has versions of its own of. */
export function recipeFor(kind: string, recipe: Recipe): Recipe {
  const kept = Object.entries(recipe).filter(
    ([name]) =>
      name !== 'guidelines' &&
      name !== 'within' &&
      (kind === 'comparisons' || !OF_COMPARISONS.has(name)) &&
      (kind !== 'prompts' || OF_PROMPTS.has(name)),
  );
  return Object.fromEntries(kept);
}
