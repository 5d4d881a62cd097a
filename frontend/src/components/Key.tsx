import type { ReactNode } from 'react';
import { keyNames } from '@/app/keys';
import classes from './Key.module.css';

/** The key that presses a control, shown on it. Hidden from screen readers: aria-keyshortcuts on the control tells them. */
export function Key({ keys }: { keys: string }): ReactNode {
  return (
    <span className={classes.keys} aria-hidden="true">
      {keyNames(keys).map((name) => (
        <kbd key={name} className={classes.key}>
          {name}
        </kbd>
      ))}
    </span>
  );
}
