/** Finding words in what an element shows. Matches are marked without touching the element (CSS custom highlights). */

const ALL = 'found';
const ONE = 'found-one';

/** Every place where the words stand, in order; within one text node each, for which a phrase is short enough. */
export function findRanges(root: Node, words: string): Range[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return [];
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = (node.nodeValue ?? '').toLowerCase();
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      ranges.push(range);
    }
  }
  return ranges;
}

/** Marks all ranges, one of them more, and brings that one into view. Browsers without highlights only scroll. */
export function showRanges(ranges: readonly Range[], current: number): void {
  const one = ranges[current];
  if (typeof CSS !== 'undefined' && 'highlights' in CSS) {
    CSS.highlights.set(ALL, new Highlight(...ranges));
    CSS.highlights.set(ONE, new Highlight(...(one ? [one] : [])));
  }
  one?.startContainer.parentElement?.scrollIntoView({ block: 'center' });
}

export function hideRanges(): void {
  if (typeof CSS !== 'undefined' && 'highlights' in CSS) {
    CSS.highlights.delete(ALL);
    CSS.highlights.delete(ONE);
  }
}
