import type { ReactNode } from 'react';
import classes from './Facts.module.css';

/** Short facts as name and value, side by side and wrapping. */
export function Facts({ facts }: { facts: readonly { label: string; value: ReactNode }[] }): ReactNode {
  return (
    <dl className={classes.facts}>
      {facts.map((fact) => (
        <div key={fact.label}>
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
