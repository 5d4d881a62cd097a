/** Signing in again without leaving the page: nothing that was typed is lost, and focus is not taken away. */
import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { signIn } from '@/api/session';
import { ErrorText } from '@/components/states';
import { useSignOut, useUser } from './session';
import { sessionBegan } from './sessionEvents';
import classes from './SignInAgain.module.css';

export function SignInAgain(): ReactNode {
  const { t } = useTranslation();
  const user = useUser();
  const queries = useQueryClient();
  const signOut = useSignOut();
  const [password, setPassword] = useState('');
  const again = useMutation({
    mutationFn: () => signIn(user.username, password),
    onSuccess: () => {
      sessionBegan();
      void queries.invalidateQueries();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    again.mutate();
  };
  return (
    <form className={classes.bar} role="alert" onSubmit={submit}>
      <span className={classes.text}>{t('session.expired')}</span>
      <PasswordInput
        aria-label={t('session.password', { username: user.username })}
        placeholder={t('session.password', { username: user.username })}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="current-password"
        error={again.error ? <ErrorText error={again.error} /> : undefined}
        w={260}
        required
      />
      <Button type="submit" loading={again.isPending}>
        {t('session.signIn')}
      </Button>
      <Button variant="subtle" color="gray" onClick={() => void signOut()}>
        {t('session.other')}
      </Button>
    </form>
  );
}
