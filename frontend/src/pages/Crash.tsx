/** What stands in place of a page whose code has failed. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/Page';

export function CrashPage({ error }: { error: unknown }): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('crash.title')} intro={t('crash.text')}>
      <pre>{error instanceof Error ? error.message : String(error)}</pre>
      <Button mt="md" onClick={() => window.location.reload()}>
        {t('crash.reload')}
      </Button>
    </Page>
  );
}
