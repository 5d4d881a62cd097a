import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatNumber, formatPercent } from '@/app/format';
import classes from './BarList.module.css';

export interface Bar {
  key: string;
  label: string;
  count: number;
  /** Where the things that are counted can be seen. */
  to?: string;
}

interface BarListProps {
  label: string;
  bars: readonly Bar[];
  /** Of numbers that are no counts. */
  digits?: number;
}

/** Bars that are shown at first, and each time that more are asked for. */
const STEP = 20;

/** Counts as a small list with bars: the largest first, each with its share. */
export function BarList({ label, bars, digits }: BarListProps): ReactNode {
  const { t } = useTranslation();
  const [shown, setShown] = useState(STEP);
  const sorted = [...bars].sort((one, other) => other.count - one.count);
  const most = Math.max(1, ...sorted.map((bar) => bar.count));
  const all = Math.max(1, sorted.reduce((sum, bar) => sum + bar.count, 0));
  return (
    <>
      <ul className={classes.list} aria-label={label}>
        {sorted.slice(0, shown).map((bar) => (
          <li key={bar.key} title={`${bar.label}: ${formatPercent(bar.count / all)}`}>
            <span className={classes.label}>{bar.to ? <Link to={bar.to}>{bar.label}</Link> : bar.label}</span>
            <span className={classes.count}>{formatNumber(bar.count, digits)}</span>
            <span className={classes.track} aria-hidden="true">
              <span style={{ width: `${(100 * bar.count) / most}%` }} />
            </span>
          </li>
        ))}
      </ul>
      {sorted.length > shown && (
        <Button variant="default" size="compact-sm" mt="xs" onClick={() => setShown(shown + STEP)}>
          {`${t('list.more')} (${formatNumber(shown)} / ${formatNumber(sorted.length)})`}
        </Button>
      )}
    </>
  );
}
