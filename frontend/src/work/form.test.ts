import { describe, expect, it } from 'vitest';
import { askedBy } from './asked';
import { rankingOf } from './confidence';
import { comparisonBody, demonstrationBody, missingInComparison, readComparison, readDemonstration, toggleFlag } from './form';

const ids = ['a', 'b', 'c'];
const flag = (key: string) => ({ key, label: key });
const scale = { key: 'tone', label: 'Tone', min: -1, max: 1 };
const plain = askedBy({ prompt_flags: [flag('ambiguous')], output_flags: [flag('opinion'), flag('hallucination')] }, 3);

describe('reading what is kept', () => {
  it('reads an empty draft as an empty form', () => {
    expect(readDemonstration({})).toEqual({ response: '', prompt_flags: {}, prompt_scales: {} });
    expect(readComparison({}, ids)).toEqual({
      prompt_flags: {},
      prompt_scales: {},
      confidence: null,
      ratings: ids.map((candidate) => ({ candidate, overall: null, flags: {}, scales: {}, note: '', critique: '', edit: '' })),
      ranking: [[], [], []],
    });
  });

  it('reads a submission that was undone: ratings in any order, ranks without gaps', () => {
    const form = readComparison(
      {
        submission_id: 'x',
        prompt_flags: { ambiguous: false },
        ratings: [
          { candidate: 'c', overall: 3, flags: { opinion: true, hallucination: false }, note: 'n' },
          { candidate: 'a', overall: 7, flags: {}, note: '' },
        ],
        ranking: [['a', 'b'], ['c']],
      },
      ids,
    );
    expect(form.ratings.map((rating) => rating.overall)).toEqual([7, null, 3]);
    expect(form.ratings[2]?.flags).toEqual({ opinion: true });
    expect(form.ranking).toEqual([['a', 'b'], ['c'], []]);
  });

  it('leaves out what does not fit: strangers, repeats, ratings off the scale, wrong types', () => {
    const form = readComparison(
      { ratings: [{ candidate: 'a', overall: 9 }, 'x', null], ranking: [['a', 'stranger'], ['a', 4], 'b'], prompt_flags: [1] },
      ids,
    );
    expect(form.ratings[0]?.overall).toBeNull();
    expect(form.ranking).toEqual([['a'], [], []]);
    expect(readDemonstration({ response: 5 }).response).toBe('');
    expect(readDemonstration(null).response).toBe('');
  });
});

describe('what is sent', () => {
  it('answers every flag of the rubric and no other, and leaves out empty ranks', () => {
    const form = readComparison(
      {
        ratings: [{ candidate: 'a', overall: 7, flags: { opinion: true, gone: true }, note: ' n ' }],
        ranking: [[], ['a', 'b'], ['c']],
      },
      ids,
    );
    const body = comparisonBody(form, plain);
    expect(body.ranking).toEqual([['a', 'b'], ['c']]);
    expect(body.prompt_flags).toEqual({ ambiguous: false });
    expect(body.ratings?.[0]).toEqual({
      candidate: 'a',
      overall: 7,
      flags: { opinion: true, hallucination: false },
      note: 'n',
    });
  });

  it('sends a demonstration to the letter', () => {
    expect(demonstrationBody({ response: ' As typed.\n', prompt_flags: {}, prompt_scales: {} }, askedBy(undefined, 0))).toEqual({
      response: ' As typed.\n',
      prompt_flags: {},
    });
  });

  it('names what is missing, ratings before ranks', () => {
    const form = readComparison({ ratings: [{ candidate: 'b', overall: 4 }], ranking: [['a', 'c']] }, ids);
    expect(missingInComparison(form, plain)).toEqual([
      { kind: 'rating', position: 0 },
      { kind: 'rating', position: 2 },
      { kind: 'rank', position: 1 },
    ]);
  });
});

describe('what a rubric asks besides', () => {
  const asked = askedBy(
    { prompt_flags: [], output_flags: [], overall: false, output_scales: [scale], prompt_scales: [scale], asks: ['critique', 'confidence'] },
    2,
  );
  const two = ['a', 'b'];

  it('names scales and confidence that are missing, and asks for no rank', () => {
    const form = readComparison({ ratings: [{ candidate: 'a', scales: { tone: 0 } }] }, two);
    expect(missingInComparison(form, asked)).toEqual([{ kind: 'prompt' }, { kind: 'rating', position: 1 }, { kind: 'confidence' }]);
  });

  it('sends what is asked and nothing else', () => {
    const rating = { overall: 5, scales: { tone: -1, gone: 3 }, critique: ' Too long. ', edit: 'Short.' };
    const kept = { ratings: two.map((candidate) => ({ candidate, ...rating })), ranking: [['b'], ['a']], confidence: 7, prompt_scales: { tone: 1 } };
    expect(comparisonBody(readComparison(kept, two), asked)).toEqual({
      prompt_flags: {},
      prompt_scales: { tone: 1 },
      confidence: 7,
      ratings: two.map((candidate) => ({ candidate, flags: {}, note: '', scales: { tone: -1 }, critique: 'Too long.' })),
      ranking: [['b'], ['a']],
    });
  });

  it('has confidence for two outputs only', () => {
    expect(askedBy({ prompt_flags: [], output_flags: [], asks: ['confidence'] }, 4).confidence).toBe(false);
  });

  it('ranks two outputs as the confidence says', () => {
    expect([1, 4, 5, 6, 9].map((point) => rankingOf(point, 'a', 'b'))).toEqual([
      [['a'], ['b']],
      [['a'], ['b']],
      [['a', 'b'], []],
      [['b'], ['a']],
      [['b'], ['a']],
    ]);
  });
});

it('turns a flag on and off', () => {
  expect(toggleFlag({}, 'x')).toEqual({ x: true });
  expect(toggleFlag({ x: true, y: true }, 'x')).toEqual({ y: true });
});
