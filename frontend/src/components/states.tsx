/** The designed states of whatever is loaded: on its way, empty, failed. Each says what comes next. */
import { Button, Loader, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, NetworkError } from '@/api/errors';
import classes from './states.module.css';

export function LoadingState(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={classes.state} role="status">
      <Loader size="sm" type="dots" />
      <Text c="dimmed">{t('state.loading')}</Text>
    </div>
  );
}

/** Nothing here (yet): a title, a sentence that says what to do, and the control that does it. */
export function EmptyState({ title, text, children }: { title: string; text: string; children?: ReactNode }): ReactNode {
  return (
    <Stack className={classes.empty} gap="xs" align="flex-start">
      <Text fw={600}>{title}</Text>
      <Text c="dimmed">{text}</Text>
      {children}
    </Stack>
  );
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack className={classes.empty} gap="xs" align="flex-start" role="alert">
      <Text fw={600}>{t('state.errorTitle')}</Text>
      <Text c="dimmed">
        <ErrorText error={error} />
      </Text>
      {onRetry && (
        <Button variant="default" onClick={onRetry}>
          {t('state.retry')}
        </Button>
      )}
    </Stack>
  );
}

/** An error in words, for beside the control that it concerns; `whole` names the fields, for where they are not at hand. */
export function ErrorText({ error, whole = false }: { error: unknown; whole?: boolean }): ReactNode {
  const { t } = useTranslation();
  if (error instanceof NetworkError) return t('state.network');
  if (error instanceof ApiError) {
    const fields = Object.values(error.fields);
    return fields.length && !whole ? fields.join(' ') : error.message;
  }
  return t('state.unknown');
}

/** A message that stays until its cause is gone. */
export function Notice({
  tone,
  children,
  role,
}: {
  tone: 'info' | 'good' | 'warn' | 'bad';
  children: ReactNode;
  role?: 'status' | 'alert';
}): ReactNode {
  return (
    <div className={classes.notice} data-tone={tone} role={role}>
      {children}
    </div>
  );
}
