import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/Page';

export function ForbiddenPage(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('forbidden.title')} intro={t('forbidden.text')}>
      {null}
    </Page>
  );
}
