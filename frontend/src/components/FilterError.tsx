/** Why what the address asks for cannot be shown: which of its filters is wrong, and the way to do without them. */
import { Button, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiError } from '@/api/errors';
import { ErrorState } from './states';
import classes from './states.module.css';

interface FilterErrorProps {
  error: unknown;
  onRetry: () => void;
}

export function FilterError({ error, onRetry }: FilterErrorProps): ReactNode {
  const { t } = useTranslation('research');
  const wrong = error instanceof ApiError ? Object.entries(error.fields) : [];
  if (wrong.length === 0) return <ErrorState error={error} onRetry={onRetry} />;
  return (
    <Stack className={classes.empty} gap="xs" align="flex-start" role="alert">
      <Text fw={600}>{t('filter.wrongTitle')}</Text>
      {wrong.map(([name, message]) => (
        <Text key={name} c="dimmed">
          <code>{name}</code>: {message}
        </Text>
      ))}
      <Button component={Link} to={{ search: '' }} variant="default">
        {t('filter.clear')}
      </Button>
    </Stack>
  );
}
