/** One's own password and tokens. */
import { Button, Code, CopyButton, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/errors';
import { changePassword, makeToken, revokeToken, tokensQuery } from '@/api/session';
import { DataTable } from '@/components/DataTable';
import { Page, Section } from '@/components/Page';
import { EmptyState, ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import { Time } from '@/components/Time';

export function AccountPage(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('accountPage.title')}>
      <Section title={t('accountPage.passwordTitle')}>
        <PasswordForm />
      </Section>
      <Section title={t('accountPage.tokensTitle')}>
        <Tokens />
      </Section>
    </Page>
  );
}

function PasswordForm(): ReactNode {
  const { t } = useTranslation();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const change = useMutation({
    mutationFn: () => changePassword(current, next),
    onSuccess: () => {
      setCurrent('');
      setNext('');
    },
  });
  const fields = change.error instanceof ApiError ? change.error.fields : {};
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={320}>
        <PasswordInput
          label={t('accountPage.current')}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          error={fields.current_password}
          autoComplete="current-password"
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t('accountPage.next')}
          description={t('join.passwordHelp')}
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
          error={fields.new_password}
          autoComplete="new-password"
          required
          withAsterisk={false}
        />
        {change.isSuccess && (
          <Notice tone="good" role="status">
            {t('accountPage.changed')}
          </Notice>
        )}
        {change.error && Object.keys(fields).length === 0 && (
          <Notice tone="bad" role="alert">
            <ErrorText error={change.error} />
          </Notice>
        )}
        <Button type="submit" variant="default" loading={change.isPending} w="fit-content">
          {t('accountPage.change')}
        </Button>
      </Stack>
    </form>
  );
}

function Tokens(): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const [name, setName] = useState('');
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
  const making = useMutation({
    mutationFn: () => makeToken(name.trim()),
    onSuccess: () => {
      setName('');
      void refresh();
    },
  });
  const revoking = useMutation({ mutationFn: revokeToken, onSuccess: refresh });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  return (
    <Stack gap="sm">
      <Text c="dimmed">{t('accountPage.tokensIntro')}</Text>
      <form onSubmit={submit}>
        <Group align="flex-end" gap="xs">
          <TextInput
            label={t('accountPage.tokenName')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={100}
            required
            withAsterisk={false}
          />
          <Button type="submit" variant="default" loading={making.isPending}>
            {t('accountPage.tokenMake')}
          </Button>
        </Group>
      </form>
      {(making.error ?? revoking.error) && (
        <Notice tone="bad" role="alert">
          <ErrorText error={making.error ?? revoking.error} />
        </Notice>
      )}
      {making.data && (
        <Notice tone="good" role="status">
          <Text mb={4}>{t('accountPage.tokenOnce')}</Text>
          <Group gap="xs">
            <Code>{making.data.token}</Code>
            <CopyButton value={making.data.token}>
              {({ copied, copy }) => (
                <Button size="compact-xs" variant="default" onClick={copy}>
                  {t(copied ? 'copy.copied' : 'copy.copy')}
                </Button>
              )}
            </CopyButton>
          </Group>
        </Notice>
      )}
      {tokens.error && !tokens.data && <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.isPending && <LoadingState />}
      {tokens.data && (
        <DataTable
          label={t('accountPage.tokensTitle')}
          rows={tokens.data.results}
          rowKey={(token) => token.id}
          empty={<EmptyState title={t('accountPage.tokensTitle')} text={t('accountPage.tokensEmpty')} />}
          columns={[
            { key: 'name', header: t('accountPage.tokenName'), cell: (token) => token.name },
            { key: 'made', header: t('accountPage.tokenMade'), cell: (token) => <Time at={token.created_at} /> },
            {
              key: 'used',
              header: t('accountPage.tokenUsed'),
              cell: (token) => (token.last_used_at ? <Time at={token.last_used_at} /> : t('accountPage.never')),
            },
            {
              key: 'revoke',
              header: '',
              cell: (token) =>
                token.revoked_at ? (
                  t('accountPage.revoked')
                ) : (
                  <Button
                    size="compact-xs"
                    variant="default"
                    loading={revoking.isPending && revoking.variables === token.id}
                    onClick={() => revoking.mutate(token.id)}
                  >
                    {t('accountPage.tokenRevoke', { name: token.name })}
                  </Button>
                ),
            },
          ]}
        />
      )}
    </Stack>
  );
}
