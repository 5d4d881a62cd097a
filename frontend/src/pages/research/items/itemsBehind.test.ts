import { describe, expect, it } from 'vitest';
import { itemsBehind as behindAgreement } from '../agreement/itemsBehind';
import { itemsBehind as behindEvaluation } from '../evaluation/itemsBehind';
import { cellLink } from './cells';
import { FILTERS, itemsLink, type ItemFilters } from './itemsLink';

const address = (filters: ItemFilters): string => itemsLink('P', filters);

describe('the items behind a row of agreement', () => {
  it.each([
    ['labeler', 'p1', ['p1'], 'labeler=p1&compared=true'],
    ['pair', 'p1 p2', ['p1', 'p2'], 'labeler=p1&with=p2'],
    ['researchers', 'p1', ['p1'], 'labeler=p1&compared=true&with_pool=researcher'],
    ['reliability', 'p1', ['p1'], 'labeler=p1'],
    ['pool', 'held_out', ['held_out'], 'pool=held_out&compared=true'],
    ['use_case', 'chat', ['chat'], 'use_case=chat&compared=true'],
    ['guideline', '2', ['v2'], 'guideline=2&compared=true'],
    ['batch', '3', ['Third'], 'batch=3&compared=true'],
    ['week', '2026-11-16', ['2026-11-16'], 'week=2026-11-16&compared=true'],
    ['rating', 'all', ['all'], 'compared=true'],
    ['rating', 'training', ['training'], 'pool=training&compared=true'],
    ['flag', 'harmful', ['harmful'], 'flag=harmful'],
  ])('by %s', (by, key, labels, filters) => {
    expect(address(behindAgreement(by, { key, labels }))).toBe(`/projects/P/items?${filters}`);
  });

  it('narrows two labelers to one cell, and keeps what else was asked', () => {
    const filters = { labeler: 'p1', with: 'p2', batch: '3', order: 'newest' };
    expect(cellLink('P', filters, 'first-tie')).toBe(
      '/projects/P/items?labeler=p1&with=p2&batch=3&order=newest&cell=first-tie',
    );
  });
});

describe('the items behind a mark of the evaluation', () => {
  const mark = { panel: { prompt_set: 'GPT', pool: 'held_out' }, figure: 'win_rate', flag: '', baseline: 'B', accepted: true };

  it('has the set, the pool and whether only accepted work counts', () => {
    expect(address(behindEvaluation(mark))).toBe('/projects/P/items?prompt_set=GPT&pool=held_out&accepted=true');
    expect(address(behindEvaluation({ ...mark, panel: { prompt_set: 'all', pool: 'all' }, accepted: false }))).toBe(
      '/projects/P/items?prompt_set=all',
    );
  });

  it('is where the model was judged beside the baseline, and which flag it has', () => {
    const of = { ...mark, accepted: false, model: 'M' };
    expect(address(behindEvaluation(of))).toBe('/projects/P/items?prompt_set=GPT&pool=held_out&model=M&against=B');
    expect(address(behindEvaluation({ ...of, figure: 'flags', flag: 'harmful' }))).toBe(
      '/projects/P/items?prompt_set=GPT&pool=held_out&flag=harmful&model=M',
    );
    expect(address(behindEvaluation({ ...of, model: 'B' }))).toBe('/projects/P/items?prompt_set=GPT&pool=held_out&model=B');
  });
});

it('asks only for what the page of items keeps in its address', () => {
  const asked = [
    ...Object.keys(behindAgreement('researchers', { key: 'p1', labels: ['p1'] })),
    ...Object.keys(behindEvaluation({ panel: { prompt_set: 'all', pool: 'all' }, figure: 'elo', flag: '', baseline: 'B', accepted: true })),
  ];
  expect(asked.filter((name) => !(FILTERS as readonly string[]).includes(name))).toEqual([]);
});
