import { CopyButton, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** The first eight characters of an id, in full to the clipboard. */
export function ShortId({ id }: { id: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <UnstyledButton onClick={copy} title={id} aria-label={t('copy.id', { id })} ff="monospace" fz="xs" c="dimmed">
          {copied ? t('copy.copied') : id.slice(0, 8)}
        </UnstyledButton>
      )}
    </CopyButton>
  );
}
