import { describe, expect, it } from 'vitest';
import { anythingChanged, textChanges } from './changes';

const before = 'One.\n\nTwo.\n\nThree is here.\n\nFour.\n\nFive.\n\nSix.';

describe('changes of a text', () => {
  it('show a reworded paragraph between its neighbors, and leave the rest out', () => {
    expect(textChanges(before, before.replace('here', 'there'))).toEqual([
      { kind: 'left_out', count: 1 },
      { kind: 'same', text: 'Two.' },
      {
        kind: 'changed',
        before: [{ text: 'Three is ', own: false }, { text: 'here', own: true }, { text: '.', own: false }],
        after: [{ text: 'Three is ', own: false }, { text: 'there', own: true }, { text: '.', own: false }],
      },
      { kind: 'same', text: 'Four.' },
      { kind: 'left_out', count: 2 },
    ]);
  });

  it('show paragraphs that came and went', () => {
    const kinds = textChanges('One.\n\nTwo.', 'New.\n\nOne.').map((change) => change.kind);
    expect(kinds).toEqual(['added', 'same', 'removed']);
  });

  it('are none where only blank lines differ', () => {
    expect(anythingChanged(textChanges(before, before.replaceAll('\n\n', '\n \n\n')))).toBe(false);
    expect(anythingChanged(textChanges(before, `${before}\n\nSeven.`))).toBe(true);
  });
});
