import { describe, expect, it } from 'vitest';
import { contradictions, fromRatings, place, rankOf, shift, type Ranking } from './ranking';

const unranked: Ranking = [[], [], [], []];
const rated = (...values: (number | null)[]) => values.map((overall, index) => ({ candidate: 'abcd'[index] ?? '', overall }));

describe('placing cards', () => {
  it('starts unranked and puts a card into a rank', () => {
    expect(rankOf(unranked, 'a')).toBeNull();
    expect(place(unranked, 'a', 2)).toEqual([[], [], ['a'], []]);
  });

  it('makes a tie of cards in one rank and leaves empty ranks alone', () => {
    expect(place(place(unranked, 'a', 1), 'b', 1)).toEqual([[], ['a', 'b'], [], []]);
  });

  it('moves a card without leaving it behind', () => {
    expect(place([['a'], ['b'], [], []], 'a', 1)).toEqual([[], ['b', 'a'], [], []]);
  });

  it('puts a card back into the tray', () => {
    expect(place([['a', 'b'], [], [], []], 'a', null)).toEqual([['b'], [], [], []]);
  });

  it('refuses ranks that do not exist and answers the very same ranking for no move', () => {
    const ranking: Ranking = [['a'], [], [], []];
    expect(place(ranking, 'b', 4)).toBe(ranking);
    expect(place(ranking, 'a', 0)).toBe(ranking);
  });

  it('does not change the ranking that it is given', () => {
    const ranking: Ranking = [['a'], [], [], []];
    place(ranking, 'a', 3);
    expect(ranking).toEqual([['a'], [], [], []]);
  });
});

describe('moving by arrows', () => {
  it('steps from rank to rank and stops at the ends', () => {
    expect(shift([['a'], [], [], []], 'a', 1)).toEqual([[], ['a'], [], []]);
    expect(shift([['a'], [], [], []], 'a', -1)).toEqual([['a'], [], [], []]);
  });

  it('enters from the tray at the best rank or at the worst', () => {
    expect(shift(unranked, 'a', 1)).toEqual([['a'], [], [], []]);
    expect(shift(unranked, 'a', -1)).toEqual([[], [], [], ['a']]);
  });
});

describe('the ranking that ratings say', () => {
  it('ties equal ratings and closes up the ranks', () => {
    expect(fromRatings(rated(5, 6, 3, 6))).toEqual([['b', 'd'], ['a'], ['c'], []]);
  });

  it('leaves what is not rated in the tray', () => {
    expect(fromRatings(rated(null, 2, null, 7))).toEqual([['d'], ['b'], [], []]);
  });
});

describe('contradictions', () => {
  it('finds a pair that is ranked against its ratings, once', () => {
    expect(contradictions([['a'], ['b'], [], []], rated(2, 5))).toEqual([{ above: 'a', below: 'b' }]);
  });

  it('is content with ties, equal ratings, and outputs that are not rated or ranked', () => {
    expect(contradictions([['a', 'b'], [], [], []], rated(2, 5))).toEqual([]);
    expect(contradictions([['a'], ['b'], [], []], rated(4, 4))).toEqual([]);
    expect(contradictions([['a'], ['b'], [], []], rated(null, 5))).toEqual([]);
    expect(contradictions([['a'], [], [], []], rated(1, 5))).toEqual([]);
  });

  it('never finds any in the ranking that the ratings themselves say', () => {
    for (let code = 0; code < 7 ** 4; code += 1) {
      const ratings = rated(...[0, 1, 2, 3].map((place) => (Math.floor(code / 7 ** place) % 7) + 1));
      expect(contradictions(fromRatings(ratings), ratings)).toEqual([]);
    }
  });
});
