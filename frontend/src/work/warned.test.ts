import { beforeEach, expect, it, vi } from 'vitest';
import { MemoryStore } from './memoryStore';
import { rememberShown, wasShown } from './warned';

beforeEach(() => vi.stubGlobal('sessionStorage', new MemoryStore()));

it('remembers which tasks were shown', () => {
  expect(wasShown('one')).toBe(false);
  rememberShown('one');
  rememberShown('one');
  expect(wasShown('one')).toBe(true);
  expect(wasShown('two')).toBe(false);
});

it('warns again where what is kept cannot be read', () => {
  sessionStorage.setItem('concord.warned', '{not json');
  expect(wasShown('one')).toBe(false);
  rememberShown('one');
  expect(wasShown('one')).toBe(true);
});
