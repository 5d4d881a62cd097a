import type { ReactNode } from 'react';
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

/** Counts as a small list with bars: the largest first, each with its share. */
export function BarList({ label, bars }: { label: string; bars: readonly Bar[] }): ReactNode {
  const sorted = [...bars].sort((one, other) => other.count - one.count);
  const most = Math.max(1, ...sorted.map((bar) => bar.count));
  const all = Math.max(1, sorted.reduce((sum, bar) => sum + bar.count, 0));
  return (
    <ul className={classes.list} aria-label={label}>
      {sorted.map((bar) => (
        <li key={bar.key} title={formatPercent(bar.count / all)}>
          <span className={classes.label}>{bar.to ? <Link to={bar.to}>{bar.label}</Link> : bar.label}</span>
          <span className={classes.count}>{formatNumber(bar.count)}</span>
          <span className={classes.track} aria-hidden="true">
            <span style={{ width: `${(100 * bar.count) / most}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}
