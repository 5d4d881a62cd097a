import { expect, test } from 'vitest';
import type { Metric } from '@/api/runs';
import { comparedFamilies, familiesOf } from './families';

function metric(step: number, values: Metric['values']): Metric {
  return { step, values, attempt: 1, time: '2026-01-01T00:00:00Z' };
}

test('what was measured on held-out data, and the ends of an interval, share the chart of their measure', () => {
  const families = familiesOf([
    metric(1, { loss: 3, accuracy: 0.5, accuracy_low: 0.4, accuracy_high: 0.6 }),
    metric(2, { loss: 2, validation_loss: 2.5 }),
  ]);
  expect(families.map((family) => [family.name, family.series.map((series) => series.name)])).toEqual([
    ['loss', ['loss', 'validation_loss']],
    ['accuracy', ['accuracy', 'accuracy_low', 'accuracy_high']],
  ]);
});

test('loss, reward and KL come first; a value that was not finite leaves a gap', () => {
  const families = familiesOf([
    metric(1, { beta: 0.02, kl: 0, reward: 1 }),
    metric(2, { beta: 0.02, kl: null, reward: 2 }),
    metric(3, { beta: 0.02, kl: 0.3, reward: 3 }),
  ]);
  expect(families.map((family) => family.name)).toEqual(['reward', 'kl', 'beta']);
  expect(families[1]?.series[0]?.points).toEqual([
    [1, 0],
    [3, 0.3],
  ]);
});

test('runs side by side share the chart of each metric that two have, under their names', () => {
  const families = comparedFamilies([
    { name: 'one', metrics: [metric(1, { loss: 3, valid_loss: 4 })] },
    { name: 'other', metrics: [metric(1, { loss: 2 }), metric(2, { loss: 1 })] },
  ]);
  expect(families.map((family) => [family.name, family.series.map((series) => series.name)])).toEqual([
    ['loss', ['one', 'other']],
  ]);
});
