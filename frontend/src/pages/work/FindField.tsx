/** Words found in a text of the page as one types. */
import { TextInput } from '@mantine/core';
import { useEffect, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { findRanges, hideRanges, showRanges } from '@/work/findInPage';
import classes from './Guideline.module.css';

interface FindFieldProps {
  label: string;
  within: RefObject<HTMLElement | null>;
  /** Of a field that was opened by a key: Escape in the empty field. */
  onClose?: () => void;
}

export function FindField({ label, within, onClose }: FindFieldProps): ReactNode {
  const { t } = useTranslation('learn');
  const [words, setWords] = useState('');
  const [found, setFound] = useState({ count: 0, current: 0 });

  const search = (next: string, current: number): void => {
    const ranges = within.current ? findRanges(within.current, next) : [];
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
    } else if (event.key === 'Escape' && (words || onClose)) {
      event.preventDefault();
      if (words) search('', 0);
      else onClose?.();
    }
  };
  return (
    <>
      <TextInput
        type="search"
        size="xs"
        label={label}
        description={t('guideline.findHelp')}
        value={words}
        onChange={(event) => search(event.currentTarget.value, 0)}
        onKeyDown={onKeyDown}
        autoFocus={onClose !== undefined}
      />
      <div role="status" className={classes.found}>
        {words.trim() &&
          (found.count
            ? t('guideline.found', { current: found.current + 1, count: found.count })
            : t('guideline.notFound'))}
      </div>
    </>
  );
}
