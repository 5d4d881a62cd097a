/**
 * Accepting an invitation or a password reset. The token stands in the address's fragment, which browsers do not send,
 * so it reaches no log; it is taken out of the address bar as soon as it was read.
 */
import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ApiError } from '@/api/errors';
import { acceptInvitation, lookUpInvitation, sessionQuery } from '@/api/session';
import { formatTime } from '@/app/format';
import { startOfRole } from '@/app/roles';
import { sessionBegan } from '@/app/sessionEvents';
import { ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import { Doorway } from './Doorway';

export function JoinPage(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [token] = useState(() => window.location.hash.slice(1));
  useEffect(() => {
    window.history.replaceState(window.history.state, '', window.location.pathname);
  }, []);
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => lookUpInvitation(token),
    enabled: token !== '',
    gcTime: 0,
  });
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const reset = invitation.data?.username ?? null;
  const joining = useMutation({
    mutationFn: () => acceptInvitation(token, password, reset === null ? username.trim() : ''),
    onSuccess: (user) => {
      queries.clear();
      sessionBegan();
      queries.setQueryData(sessionQuery.queryKey, user);
      void navigate(startOfRole(user.role), { replace: true });
    },
  });
  const fields = joining.error instanceof ApiError ? joining.error.fields : {};

  if (token === '') return <Doorway title={t('join.title')} intro={t('join.noToken')} children={null} />;
  if (invitation.error instanceof ApiError) return <Doorway title={t('join.title')} intro={t('join.invalid')} children={null} />;
  if (invitation.error) {
    return (
      <Doorway title={t('join.title')}>
        <ErrorState error={invitation.error} onRetry={() => void invitation.refetch()} />
      </Doorway>
    );
  }
  if (!invitation.data) return <Doorway title={t('join.title')} children={<LoadingState />} />;

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    joining.mutate();
  };
  return (
    <Doorway
      title={t(reset === null ? 'join.title' : 'join.resetTitle')}
      intro={
        reset === null
          ? t('join.intro', { role: t(`account.role.${invitation.data.role}`) })
          : t('join.resetIntro', { username: reset })
      }
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          {reset === null ? (
            <TextInput
              label={t('join.username')}
              description={t('join.usernameHelp')}
              value={username}
              onChange={(event) => setUsername(event.currentTarget.value)}
              error={fields.username}
              autoComplete="username"
              autoCapitalize="none"
              required
              withAsterisk={false}
            />
          ) : (
            // Password managers look for the account's name beside its new password.
            <input type="hidden" name="username" autoComplete="username" value={reset} />
          )}
          <PasswordInput
            label={t('join.password')}
            description={t('join.passwordHelp')}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={fields.password}
            autoComplete="new-password"
            minLength={10}
            required
            withAsterisk={false}
          />
          {joining.error && Object.keys(fields).length === 0 && (
            <Notice tone="bad" role="alert">
              <ErrorText error={joining.error} />
            </Notice>
          )}
          <Button type="submit" loading={joining.isPending} fullWidth mt="xs">
            {t(reset === null ? 'join.submit' : 'join.resetSubmit')}
          </Button>
          <Text c="dimmed" size="xs">
            {t('join.expires', { when: formatTime(invitation.data.expires_at) })}
          </Text>
        </Stack>
      </form>
    </Doorway>
  );
}
