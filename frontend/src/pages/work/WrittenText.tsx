/** A written prompt to read: the text, or the instruction with its pairs. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Markdown } from '@/components/Markdown';
import type { Pair } from '@/work/writing';
import classes from './Writing.module.css';

export function WrittenText({ text, pairs }: { text: string | null; pairs: readonly Pair[] }): ReactNode {
  const { t } = useTranslation('writing');
  return (
    <>
      {text !== null && <Markdown text={text} />}
      {pairs.length > 0 && (
        <ol>
          {pairs.map((pair, place) => (
            <li key={place}>
              <dl className={classes.written}>
                <dt>{t('pairs.query')}</dt>
                <dd dir="auto">
                  <Markdown text={pair.query} />
                </dd>
                <dt>{t('pairs.response')}</dt>
                <dd dir="auto">
                  <Markdown text={pair.response} />
                </dd>
              </dl>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
