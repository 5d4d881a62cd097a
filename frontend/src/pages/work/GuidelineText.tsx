/** A guideline to find one's way in: words found as one types, an outline of its headings, the text. */
import { useMemo, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Markdown } from '@/components/Markdown';
import { FindField } from './FindField';
import classes from './Guideline.module.css';

interface Heading {
  depth: number;
  text: string;
}

export function GuidelineText({ text }: { text: string }): ReactNode {
  const { t } = useTranslation('learn');
  const shown = useRef<HTMLDivElement>(null);
  const headings = useMemo(() => headingsOf(text), [text]);

  const goTo = (index: number): void => {
    const heading = shown.current?.querySelectorAll<HTMLElement>('[data-heading]')[index];
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: 'start' });
  };
  return (
    <>
      <FindField label={t('guideline.find')} within={shown} />
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
