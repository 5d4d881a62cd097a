/** The frame of the pages before one is inside: signing in, and accepting an invitation. */
import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useDocumentTitle } from '@/components/Page';
import classes from './Doorway.module.css';

export function Doorway({ title, intro, children }: { title: string; intro?: string; children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  useDocumentTitle(title);
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <Text className={classes.product}>{t('product')}</Text>
        <Title order={1} mb={4}>
          {title}
        </Title>
        {intro && (
          <Text c="dimmed" mb="md">
            {intro}
          </Text>
        )}
        {children}
      </div>
    </main>
  );
}
