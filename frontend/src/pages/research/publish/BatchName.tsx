import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface BatchNameProps {
  value: string;
  onChange: (name: string) => void;
  error: string | undefined;
}

export function BatchName({ value, onChange, error }: BatchNameProps): ReactNode {
  const { t } = useTranslation('research');
  return (
    <TextInput
      label={t('publish.name')}
      description={t('publish.nameHelp')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      maxLength={120}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    />
  );
}
