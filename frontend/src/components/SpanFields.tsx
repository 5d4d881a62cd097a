/** Two days, kept in the address, and the file of what lies between them. */
import { Button, Group, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { downloadUrl } from '@/api/client';
import type { Span } from '@/api/hours';
import { withFilters } from '@/app/filters';

interface SpanFieldsProps {
  /** What the address says; empty where the server's own span is shown. */
  asked: Span;
  shown: Span | undefined;
  onChange: (end: keyof Span, day: string) => void;
  /** The API's path of the CSV file. */
  file: string;
}

export function SpanFields({ asked, shown, onChange, file }: SpanFieldsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Group align="flex-end" gap="sm" mb="md">
      {(['since', 'until'] as const).map((end) => (
        <TextInput
          key={end}
          type="date"
          label={t(`span.${end}`)}
          value={asked[end] || shown?.[end] || ''}
          onChange={(event) => onChange(end, event.currentTarget.value)}
        />
      ))}
      <Button component="a" href={downloadUrl(withFilters(file, { ...asked }))} variant="default" download>
        {t('span.csv')}
      </Button>
    </Group>
  );
}
