/** Shows what a form would publish as a labeler would meet it. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';

interface PreviewButtonProps {
  onPreview: () => void;
  loading: boolean;
  disabled?: boolean;
}

export function PreviewButton({ onPreview, loading, disabled = false }: PreviewButtonProps): ReactNode {
  const { t } = useTranslation('research');
  const label = t('preview.open');
  useKeys([{ keys: 'alt+v', label, group: t('publish.title'), run: onPreview, when: !loading && !disabled }]);
  return (
    <Button variant="default" onClick={onPreview} loading={loading} disabled={disabled} rightSection={<Key keys="alt+v" />}>
      {label}
    </Button>
  );
}
