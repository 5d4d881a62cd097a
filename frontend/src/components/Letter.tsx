import type { ReactNode } from 'react';
import { letterOf } from '@/work/letters';
import classes from './Letter.module.css';

/** The letter of an output, in its color. */
export function Letter({ position, size = 'md' }: { position: number; size?: 'sm' | 'md' | 'lg' }): ReactNode {
  return (
    <span className={classes.letter} data-letter={letterOf(position)} data-size={size}>
      {letterOf(position)}
    </span>
  );
}
