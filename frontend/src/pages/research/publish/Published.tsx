import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { paths } from '@/app/paths';
import { Notice } from '@/components/states';

interface PublishedProps {
  batch: { id: string; name: string; tasks: number };
  children?: ReactNode;
}

/** That a batch is published, with the way to it. */
export function Published({ batch, children }: PublishedProps): ReactNode {
  const { t } = useTranslation('research');
  return (
    <Notice tone="good" role="status">
      {t('publish.done', { count: batch.tasks, name: batch.name })} <Link to={paths.batch(batch.id)}>{t('publish.open')}</Link>
      {children}
    </Notice>
  );
}
