/** One output by itself: its text, 1 to 7, the flags, a note. */
import { memo, useCallback, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';
import { Letter } from '@/components/Letter';
import { Markdown } from '@/components/Markdown';
import { Notice } from '@/components/states';
import { announce } from '@/work/announcer';
import type { Asked } from '@/work/asked';
import { toggleFlag, type RatingForm } from '@/work/form';
import { letterOf } from '@/work/letters';
import { EditField } from './EditField';
import { FlagRows, flagKey } from './FlagRows';
import classes from './RatingPage.module.css';
import { ScaleRows } from './ScaleRows';

const SCALE = [1, 2, 3, 4, 5, 6, 7] as const;

interface RatingPageProps {
  position: number;
  text: string;
  rating: RatingForm;
  asked: Asked;
  onRate: (position: number, part: Partial<RatingForm> | ((now: RatingForm) => Partial<RatingForm>)) => void;
  error: string | undefined;
}

export const RatingPage = memo(function RatingPage({ position, text, rating, asked, onRate, error }: RatingPageProps): ReactNode {
  const { t } = useTranslation('work');
  const { t: common } = useTranslation();
  const note = useRef<HTMLTextAreaElement>(null);
  const letter = letterOf(position);
  const flags = asked.outputFlags;

  const rate = (overall: number): void => {
    onRate(position, { overall });
    announce(t('rating.announced', { letter, rating: overall }));
  };
  const toggle = useCallback(
    (key: string): void =>
      onRate(position, (now) => {
        const next = toggleFlag(now.flags, key);
        const flag = flags.find((one) => one.key === key);
        if (flag) announce(`${flag.label}: ${common(next[key] ? 'yes' : 'no')}`);
        return { flags: next };
      }),
    [onRate, position, flags, common],
  );
  const answer = useCallback(
    (key: string, point: number) => onRate(position, { scales: { ...rating.scales, [key]: point } }),
    [onRate, position, rating.scales],
  );
  // Without an overall rating the digits answer the first scale that is open, from its least point on.
  const open = asked.outputScales.find((scale) => rating.scales[scale.key] === undefined);
  const byDigit = (digit: number): void => {
    if (asked.overall) rate(digit);
    else if (open && open.min + digit - 1 <= open.max) {
      const point = open.min + digit - 1;
      answer(open.key, point);
      announce(`${open.label}: ${open.labels?.[point] ?? point}`);
    }
  };
  const group = t('rating.group');
  const byDigits = t(asked.overall ? 'rating.rate' : 'rating.answer');
  const flagGroup = t('rating.flags');
  useKeys([
    ...SCALE.map((value) => ({ keys: String(value), label: byDigits, group, run: () => byDigit(value) })),
    { keys: 'n', label: t('rating.noteFocus'), group, run: () => note.current?.focus() },
    ...flags.flatMap((flag, index) => {
      const keys = flagKey(index);
      return keys ? [{ keys, label: flag.label, group: flagGroup, run: () => toggle(flag.key) }] : [];
    }),
  ]);

  return (
    <div className={classes.page}>
      {/* Only what differs from output to output is made anew: the text, read from its top, and what was typed. */}
      <section key={rating.candidate} className={classes.output} tabIndex={0} aria-label={t('comparison.output', { letter })}>
        <h2 className={classes.title}>
          <Letter position={position} size="lg" /> {t('comparison.output', { letter })}
        </h2>
        <Markdown text={text} />
      </section>
      <section className={classes.form} aria-label={t('rating.title', { letter })}>
        {error && (
          <Notice tone="bad" role="alert">
            {error}
          </Notice>
        )}
        {asked.overall && (
          <fieldset className={classes.scale}>
            <legend>{t('rating.overall')}</legend>
            <div className={classes.values}>
              {SCALE.map((value) => (
                <label key={value} className={classes.value} data-chosen={rating.overall === value}>
                  <input
                    type="radio"
                    name={`overall-${rating.candidate}`}
                    value={value}
                    checked={rating.overall === value}
                    onChange={() => rate(value)}
                  />
                  {value}
                </label>
              ))}
            </div>
            <div className={classes.ends}>
              <span>{t('rating.worst')}</span>
              <span>{t('rating.best')}</span>
            </div>
          </fieldset>
        )}
        {asked.outputScales.length > 0 && (
          <ScaleRows label={t('rating.flags')} scales={asked.outputScales} answers={rating.scales} onAnswer={answer} />
        )}
        {flags.length > 0 && (
          <FlagRows label={t('rating.flags')} flags={flags} values={rating.flags} onToggle={toggle} />
        )}
        <label className={classes.note}>
          <span>
            {t('rating.note')} <Key keys="n" />
          </span>
          <textarea
            key={rating.candidate}
            ref={note}
            rows={2}
            value={rating.note}
            maxLength={5000}
            onChange={(event) => onRate(position, { note: event.currentTarget.value })}
            dir="auto"
          />
        </label>
        {asked.critique && (
          <label className={classes.note}>
            <span>{t('rating.critique')}</span>
            <textarea
              key={rating.candidate}
              rows={4}
              value={rating.critique}
              maxLength={5000}
              onChange={(event) => onRate(position, { critique: event.currentTarget.value })}
              dir="auto"
            />
          </label>
        )}
        {asked.edit && (
          <EditField
            key={rating.candidate}
            original={text}
            edit={rating.edit}
            onEdit={(edit) => onRate(position, { edit })}
          />
        )}
      </section>
    </div>
  );
});
