import { expect, test } from 'vitest';
import type { Run } from '@/api/runs';
import { launchDifferences, MOST_COMPARED, namedIn, results, tellApart } from './differences';

function run(values: Partial<Run>): Run {
  return { id: 'aaaa1111', name: 'ppo', preset: 'tiny', seed: 1, settings: {}, inputs: [], latest: {}, ...values } as Run;
}

test('only what differs in how runs were launched is told, the preset by default', () => {
  const rows = launchDifferences([
    run({ settings: { beta: 0.02, gamma: 0 }, inputs: [{ name: 'policy', label: 'one' }] as Run['inputs'] }),
    run({ settings: { gamma: 0 }, seed: 2, inputs: [{ name: 'policy', label: 'other' }] as Run['inputs'] }),
  ]);
  expect(rows).toEqual([
    { name: 'seed', values: ['1', '2'] },
    { name: 'input policy', values: ['one', 'other'] },
    { name: 'beta', values: ['0.02', ''] },
  ]);
});

test('every newest value of any run is told', () => {
  expect(results([run({ latest: { kl: 1, loss: null } }), run({ latest: { reward: 2 } })], String)).toEqual([
    { name: 'kl', values: ['1', ''] },
    { name: 'loss', values: ['', ''] },
    { name: 'reward', values: ['', '2'] },
  ]);
});

test('runs of one name are told apart by their ids', () => {
  expect(tellApart([run({}), run({ id: 'bbbb2222' }), run({ name: 'rm' })])).toEqual(['ppo (aaaa)', 'ppo (bbbb)', 'rm']);
});

test('an address names each run once, and not more than a chart can tell apart', () => {
  expect(namedIn('a,b,a,,c')).toEqual(['a', 'b', 'c']);
  expect(namedIn('a,b,c,d,e,f')).toHaveLength(MOST_COMPARED);
  expect(namedIn('')).toEqual([]);
});
