import { describe, expect, it } from 'vitest';
import { comparisonBody, demonstrationBody, missingInComparison, readComparison, readDemonstration, toggleFlag } from './form';

const ids = ['a', 'b', 'c'];

describe('reading what is kept', () => {
  it('reads an empty draft as an empty form', () => {
    expect(readDemonstration({})).toEqual({ response: '', prompt_flags: {} });
    expect(readComparison({}, ids)).toEqual({
      prompt_flags: {},
      ratings: ids.map((candidate) => ({ candidate, overall: null, flags: {}, note: '' })),
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
    const body = comparisonBody(form, { prompt: ['ambiguous'], output: ['opinion', 'hallucination'] });
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
    expect(demonstrationBody({ response: ' As typed.\n', prompt_flags: {} }, [])).toEqual({
      response: ' As typed.\n',
      prompt_flags: {},
    });
  });

  it('names what is missing, ratings before ranks', () => {
    const form = readComparison({ ratings: [{ candidate: 'b', overall: 4 }], ranking: [['a', 'c']] }, ids);
    expect(missingInComparison(form)).toEqual([
      { kind: 'rating', position: 0 },
      { kind: 'rating', position: 2 },
      { kind: 'rank', position: 1 },
    ]);
  });
});

it('turns a flag on and off', () => {
  expect(toggleFlag({}, 'x')).toEqual({ x: true });
  expect(toggleFlag({ x: true, y: true }, 'x')).toEqual({ y: true });
});
