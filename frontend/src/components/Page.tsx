/** A page of reading and lists: its title, what it is about, its actions, and its content on one grid. */
import { Group, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import classes from './Page.module.css';

interface PageProps {
  title: string;
  /** Where one came from: links above the title. */
  trail?: { label: string; to: string }[];
  intro?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

export function Page({ title, trail, intro, actions, wide = false, children }: PageProps): ReactNode {
  useDocumentTitle(title);
  return (
    <div className={classes.page} data-wide={wide || undefined}>
      <header className={classes.header}>
        <div>
          {trail && (
            <nav className={classes.trail}>
              {trail.map((step) => (
                <Link key={step.to} to={step.to}>
                  {step.label}
                </Link>
              ))}
            </nav>
          )}
          <Title order={1}>{title}</Title>
          {intro && <div className={classes.intro}>{intro}</div>}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page under a second-level heading. */
export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }): ReactNode {
  return (
    <section className={classes.section}>
      <Group justify="space-between" align="baseline" mb="xs">
        <Title order={2} size="h3">
          {title}
        </Title>
        {aside}
      </Group>
      {children}
    </section>
  );
}

export function useDocumentTitle(title: string): void {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t('product')}`;
  }, [title, t]);
}
