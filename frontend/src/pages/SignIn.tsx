import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useLocation } from 'react-router';
import { sessionQuery, signIn } from '@/api/session';
import { startOfRole } from '@/app/roles';
import { sessionBegan } from '@/app/sessionEvents';
import { ErrorText, Notice } from '@/components/states';
import { Doorway } from './Doorway';

export function SignInPage(): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { data: user } = useQuery(sessionQuery);
  const from = (useLocation().state as { from?: string } | null)?.from;
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const entering = useMutation({
    mutationFn: () => signIn(username.trim(), password),
    onSuccess: (entered) => {
      sessionBegan();
      queries.setQueryData(sessionQuery.queryKey, entered);
    },
  });
  if (user) return <Navigate to={from && from !== '/' ? from : startOfRole(user.role)} replace />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    entering.mutate();
  };
  return (
    <Doorway title={t('signIn.title')} intro={t('signIn.intro')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={t('signIn.username')}
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
            autoComplete="username"
            autoCapitalize="none"
            autoFocus
            required
            withAsterisk={false}
          />
          <PasswordInput
            label={t('signIn.password')}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            required
            withAsterisk={false}
          />
          {entering.error && (
            <Notice tone="bad" role="alert">
              <ErrorText error={entering.error} />
            </Notice>
          )}
          <Button type="submit" loading={entering.isPending} fullWidth mt="xs">
            {t('signIn.submit')}
          </Button>
          <Text c="dimmed" size="xs">
            {t('signIn.forgot')}
          </Text>
        </Stack>
      </form>
    </Doorway>
  );
}
