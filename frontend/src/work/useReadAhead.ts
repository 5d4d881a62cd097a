/** Texts of this task that will be read soon are made ready while the browser is idle, one at a time. */
import { useEffect } from 'react';
import { readMarkdownAhead } from '@/components/Markdown';

export function useReadAhead(texts: readonly string[]): void {
  useEffect(() => {
    if (typeof requestIdleCallback === 'undefined') return undefined;
    let handle = 0;
    const read = (index: number): void => {
      const text = texts[index];
      if (text === undefined) return;
      handle = requestIdleCallback(() => {
        readMarkdownAhead(text);
        read(index + 1);
      });
    };
    read(0);
    return () => cancelIdleCallback(handle);
  }, [texts]);
}
