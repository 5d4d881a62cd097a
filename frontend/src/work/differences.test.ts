import { expect, it } from 'vitest';
import { wordDifferences } from './differences';

it('marks the words of each side that the other lacks, and keeps both texts whole', () => {
  const first = 'The fox ate the goose.\nSlowly.';
  const second = 'The fox ate a red goose.\nSlowly.';
  const result = wordDifferences(first, second);
  expect(result.first.map((piece) => piece.text).join('')).toBe(first);
  expect(result.second.map((piece) => piece.text).join('')).toBe(second);
  expect(result.first.filter((piece) => piece.own).map((piece) => piece.text.trim())).toEqual(['the']);
  expect(result.second.filter((piece) => piece.own).map((piece) => piece.text.trim())).toEqual(['a', 'red']);
});
