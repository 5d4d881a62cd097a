import type { ReactNode } from 'react';
import classes from './CloseButton.module.css';

/** Closes a panel; its name says which. */
export function CloseButton({ label, onClick }: { label: string; onClick: () => void }): ReactNode {
  return (
    <button type="button" className={classes.close} onClick={onClick} aria-label={label}>
      <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
        <path d="M2 2L12 12M12 2L2 12" />
      </svg>
    </button>
  );
}
