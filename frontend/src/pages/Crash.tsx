/** What stands in place of a page whose code has failed. */
import { Button, Code } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { Page } from '@/components/Page';

export function CrashPage(): ReactNode {
  const { t } = useTranslation();
  const error = useRouteError();
  return (
    <Page title={t('crash.title')} intro={t('crash.text')}>
      <Code block>{error instanceof Error ? error.message : String(error)}</Code>
      <Button mt="md" onClick={() => window.location.reload()}>
        {t('crash.reload')}
      </Button>
    </Page>
  );
}
