import { describe, expect, it } from 'vitest';
import { readRecipe, writeRecipe } from './recipe';

describe('readRecipe', () => {
  it('reads what was written', () => {
    const recipe = { splits: ['train' as const], least_judgments: 3, groups: { one: ['labeler-1'] }, since: '2026-01-01' };
    expect(readRecipe(writeRecipe(recipe))).toEqual({ recipe, unread: [] });
    expect(readRecipe('')).toEqual({ recipe: {}, unread: [] });
  });

  it('leaves out what has another shape or name, and says so', () => {
    const typed = { splits: 5, pools: [1], groups: { one: 'two' }, foo: 1, aggregation: 'majority' };
    expect(readRecipe(JSON.stringify(typed))).toEqual({
      recipe: { aggregation: 'majority' },
      unread: ['splits: 5', 'pools: [1]', 'groups: {"one":"two"}', 'foo: 1'],
    });
    expect(readRecipe('{"toString": "x"}').recipe).toEqual({});
  });

  it.each(['{not', '[1, 2]', 'null', '"text"'])('takes the default for %s, and says so', (text) => {
    expect(readRecipe(text)).toEqual({ recipe: {}, unread: [text] });
  });
});
