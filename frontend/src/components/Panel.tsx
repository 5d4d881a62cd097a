import { Title } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import classes from './Panel.module.css';

/** A decision asked for in its place on the page rather than in a window over it. Takes the focus when it opens. */
export function Panel({ title, children }: { title: string; children: ReactNode }): ReactNode {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const field = panel.current?.querySelector<HTMLElement>('textarea, input, select, button');
    (field ?? panel.current)?.focus();
    panel.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <section ref={panel} tabIndex={-1} className={classes.panel} aria-label={title}>
      <Title order={2} size="h3" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}
