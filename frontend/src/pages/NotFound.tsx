import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { startOfRole } from '@/app/roles';
import { useUser } from '@/app/session';
import { Page } from '@/components/Page';

export function NotFoundPage(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('notFound.title')} intro={t('notFound.text')}>
      <Link to={startOfRole(useUser().role)}>{t('notFound.home')}</Link>
    </Page>
  );
}
