/** What ends a form that publishes: why it was refused, and the buttons that publish and preview. */
import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText, Notice } from '@/components/states';
import { PreviewButton } from '../preview/PreviewButton';
import type { usePublishing } from './usePublishing';

type Form = Pick<ReturnType<typeof usePublishing>, 'error'> & {
  publishing: { isPending: boolean };
  previewing: { isPending: boolean; mutate: () => void };
};

interface PublishButtonsProps {
  form: Form;
  disabled?: boolean;
  /** What else a refusal said. */
  children?: ReactNode;
}

export function PublishButtons({ form, disabled = false, children }: PublishButtonsProps): ReactNode {
  const { t } = useTranslation('research');
  const { error, publishing, previewing } = form;
  return (
    <>
      {error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={error} />
        </Notice>
      )}
      {children}
      <Group>
        <Button type="submit" loading={publishing.isPending} disabled={disabled}>
          {t('publish.submit')}
        </Button>
        <PreviewButton onPreview={previewing.mutate} loading={previewing.isPending} disabled={disabled} />
      </Group>
    </>
  );
}
