/** Yes/no rows, as the project's rubric names them. An untouched row is a no. */
import { memo, useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Flag } from '@/api/types';
import { Key } from '@/components/Key';
import type { Flags } from '@/work/form';
import classes from './FlagRows.module.css';

// The letters' rows from left to right, without those that mean something else on a page of work (L, N, Q, S, U).
const KEYS = 'wertyiopadfghjkzxcvbm';

export function flagKey(index: number): string | undefined {
  return KEYS[index];
}

interface FlagRowsProps {
  label: string;
  flags: readonly Flag[];
  values: Flags;
  onToggle: (key: string) => void;
  /** The prompt's flags take the same keys with Shift. */
  shifted?: boolean;
}

export const FlagRows = memo(function FlagRows({ label, flags, values, onToggle, shifted = false }: FlagRowsProps): ReactNode {
  return (
    <div className={classes.rows} role="group" aria-label={label}>
      {flags.map((flag, index) => {
        const key = flagKey(index);
        return (
          <Row
            key={flag.key}
            flag={flag}
            on={values[flag.key] ?? false}
            keys={key && (shifted ? `shift+${key}` : key)}
            onToggle={onToggle}
          />
        );
      })}
    </div>
  );
});

interface RowProps {
  flag: Flag;
  on: boolean;
  keys: string | undefined;
  onToggle: (key: string) => void;
}

const Row = memo(function Row({ flag, on, keys, onToggle }: RowProps): ReactNode {
  const { t } = useTranslation();
  const { t: work } = useTranslation('work');
  const [explained, setExplained] = useState(false);
  const help = useId();
  return (
    <div className={classes.row} data-on={on}>
      <button
        type="button"
        role="switch"
        aria-checked={on}
        className={classes.switch}
        onClick={() => onToggle(flag.key)}
        title={flag.help || undefined}
        aria-describedby={flag.help ? help : undefined}
      >
        <span className={classes.key}>{keys && <Key keys={keys} />}</span>
        <span className={classes.label}>{flag.label}</span>
        <span className={classes.value}>{t(on ? 'yes' : 'no')}</span>
      </button>
      {flag.help && (
        <>
          <button
            type="button"
            className={classes.help}
            aria-expanded={explained}
            aria-controls={help}
            aria-label={work('rating.explain', { flag: flag.label })}
            onClick={() => setExplained(!explained)}
          >
            {'?'}
          </button>
          <p id={help} className={classes.explanation} hidden={!explained}>
            {flag.help}
          </p>
        </>
      )}
    </div>
  );
});
