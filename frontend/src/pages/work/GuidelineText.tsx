/** A guideline to find one's way in: words found as one types, an outline of its headings, the text. */
import { TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Markdown } from '@/components/Markdown';
import { findRanges, hideRanges, showRanges } from '@/work/findInPage';
import classes from './Guideline.module.css';

interface Heading {
  depth: number;
  text: string;
}

export function GuidelineText({ text }: { text: string }): ReactNode {
  const { t } = useTranslation('learn');
  const shown = useRef<HTMLDivElement>(null);
  const [words, setWords] = useState('');
  const [found, setFound] = useState({ count: 0, current: 0 });
  const headings = useMemo(() => headingsOf(text), [text]);

  const search = (next: string, current: number): void => {
    const ranges = shown.current ? findRanges(shown.current, next) : [];
    const place = ranges.length ? (current + ranges.length) % ranges.length : 0;
    showRanges(ranges, place);
    setWords(next);
    setFound({ count: ranges.length, current: place });
  };
  useEffect(() => hideRanges, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      search(words, found.current + (event.shiftKey ? -1 : 1));
    } else if (event.key === 'Escape' && words) {
      event.preventDefault();
      search('', 0);
    }
  };
  const goTo = (index: number): void => {
    const heading = shown.current?.querySelectorAll<HTMLElement>('[data-heading]')[index];
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: 'start' });
  };
  return (
    <>
      <TextInput
        type="search"
        size="xs"
        label={t('guideline.find')}
        description={t('guideline.findHelp')}
        value={words}
        onChange={(event) => search(event.currentTarget.value, 0)}
        onKeyDown={onKeyDown}
      />
      <div role="status" className={classes.found}>
        {words.trim() &&
          (found.count
            ? t('guideline.found', { current: found.current + 1, count: found.count })
            : t('guideline.notFound'))}
      </div>
      {headings.length > 1 && (
        <nav className={classes.outline} aria-label={t('guideline.outline')}>
          {headings.map((heading, index) => (
            <button key={`${index} ${heading.text}`} type="button" data-depth={heading.depth} onClick={() => goTo(index)}>
              {heading.text}
            </button>
          ))}
        </nav>
      )}
      <div ref={shown}>
        <Markdown text={text} />
      </div>
    </>
  );
}

/** The headings as Markdown sees them: lines that begin with #, outside of code. */
function headingsOf(text: string): Heading[] {
  const headings: Heading[] = [];
  let code = false;
  for (const line of text.split('\n')) {
    if (/^ {0,3}(```|~~~)/.test(line)) code = !code;
    const match = code ? null : /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line);
    if (match) headings.push({ depth: match[1]?.length ?? 1, text: (match[2] ?? '').replace(/[*_`]/g, '') });
  }
  return headings;
}
