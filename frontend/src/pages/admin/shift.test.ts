import { expect, test } from 'vitest';
import { shiftOf } from './shift';

test('a token is drawn by how much likelier training made it', () => {
  expect([0, 0.2, -0.24].map(shiftOf)).toEqual([null, null, null]);
  expect([0.25, 0.99, 1, 7].map(shiftOf)).toEqual(['up1', 'up1', 'up2', 'up2']);
  expect([-0.25, -0.99, -1, -7].map(shiftOf)).toEqual(['down1', 'down1', 'down2', 'down2']);
});

test('what is no number moved nowhere', () => {
  expect(shiftOf(Number.NaN)).toBeNull();
});
