import type { ReactNode } from 'react';
import classes from './Status.module.css';

export type Tone = 'quiet' | 'active' | 'good' | 'warn' | 'bad';

const SIGNS: Record<Tone, string> = { quiet: '○', active: '◐', good: '✓', warn: '!', bad: '×' };

/** A state as a word with a shape beside it; the color only repeats what both say. */
export function Status({ tone, children }: { tone: Tone; children: ReactNode }): ReactNode {
  return (
    <span className={classes.status} data-tone={tone}>
      <span className={classes.sign} aria-hidden="true">
        {SIGNS[tone]}
      </span>
      {children}
    </span>
  );
}
