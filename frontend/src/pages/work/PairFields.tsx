/** The pairs of a few-shot prompt: a query and its response each. */
import { Button } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';
import { announce } from '@/work/announcer';
import { MOST_PAIRS, type Pair } from '@/work/writing';
import classes from './Writing.module.css';

interface PairFieldsProps {
  pairs: readonly Pair[];
  /** So many stay. */
  least: number;
  onChange: (pairs: Pair[]) => void;
  /** By "pairs.<place>.<field>", and "pairs.count". */
  errors: Readonly<Record<string, string>>;
}

export function PairFields({ pairs, least, onChange, errors }: PairFieldsProps): ReactNode {
  const { t } = useTranslation('writing');
  const list = useRef<HTMLUListElement>(null);
  const focus = useRef<number | null>(null);
  // A pair that was just added is written into next.
  useEffect(() => {
    if (focus.current === null) return;
    list.current?.querySelectorAll('textarea')[focus.current * 2]?.focus();
    focus.current = null;
  });
  const mayAdd = pairs.length < MOST_PAIRS;
  const mayRemove = pairs.length > least;
  const add = (): void => {
    focus.current = pairs.length;
    onChange([...pairs, { query: '', response: '' }]);
    announce(t('pairs.added', { number: pairs.length + 1 }));
  };
  const remove = (place: number): void => {
    focus.current = Math.max(0, place - 1);
    onChange(pairs.filter((_, other) => other !== place));
    announce(t('pairs.removed', { number: place + 1 }));
  };
  const group = t('pairs.title');
  useKeys([
    { keys: 'alt+a', label: t('pairs.add'), group, run: add, when: mayAdd },
    { keys: 'alt+x', label: t('pairs.removeLast'), group, run: () => remove(pairs.length - 1), when: mayRemove },
  ]);
  const write = (place: number, field: keyof Pair, text: string): void =>
    onChange(pairs.map((pair, other) => (other === place ? { ...pair, [field]: text } : pair)));
  return (
    <section aria-label={t('pairs.title')}>
      <ul ref={list} className={classes.pairs}>
        {pairs.map((pair, place) => (
          <li key={place}>
            <fieldset className={classes.pair}>
              <legend>{t('pairs.pair', { number: place + 1 })}</legend>
              <div className={classes.sides}>
                {(['query', 'response'] as const).map((field) => {
                  const error = errors[`pairs.${place}.${field}`];
                  const id = `pair-${place}-${field}`;
                  return (
                    <div key={field}>
                      <label htmlFor={id}>{t(`pairs.${field}`)}</label>
                      <textarea
                        id={id}
                        className={classes.field}
                        rows={3}
                        value={pair[field]}
                        onChange={(event) => write(place, field, event.currentTarget.value)}
                        aria-invalid={error ? true : undefined}
                        aria-describedby={error ? `${id}-error` : undefined}
                        dir="auto"
                        spellCheck
                      />
                      {error && (
                        <p className={classes.error} id={`${id}-error`} role="alert">
                          {error}
                        </p>
                      )}
                    </div>
                  );
                })}
              </div>
              {mayRemove && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  mt="xs"
                  onClick={() => remove(place)}
                  aria-label={t('pairs.removeNumber', { number: place + 1 })}
                >
                  {t('pairs.remove')}
                </Button>
              )}
            </fieldset>
          </li>
        ))}
      </ul>
      {errors['pairs.count'] && (
        <p className={classes.error} role="alert">
          {errors['pairs.count']}
        </p>
      )}
      {mayAdd && (
        <Button size="compact-sm" variant="default" mt="sm" onClick={add} aria-keyshortcuts="Alt+A" rightSection={<Key keys="alt+a" />}>
          {t('pairs.add')}
        </Button>
      )}
    </section>
  );
}
