/** Who has an account, and who is invited. Links are shown once, to be copied and sent. */
import { Button, CopyButton, Group, SimpleGrid, Switch, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { pagedQuery } from '@/api/paged';
import { changeUser, invite, resetPassword, revokeInvitation, type Invitation } from '@/api/people';
import { projectsQuery } from '@/api/projects';
import { POOLS, ROLES, type Schema } from '@/api/schemas';
import type { User } from '@/api/types';
import { withFilters } from '@/app/filters';
import { formatTime } from '@/app/format';
import { paths } from '@/app/paths';
import { useUser } from '@/app/session';
import { Choice } from '@/components/Choice';
import { PagedTable } from '@/components/DataTable';
import { Page, Section } from '@/components/Page';
import { EmptyState, ErrorText, Notice } from '@/components/states';
import { Status, type Tone } from '@/components/Status';
import { Time } from '@/components/Time';
import classes from './Admin.module.css';

interface OneTimeLink {
  /** Whose it is, or what it is for. */
  whom: string;
  token: string;
  expires: string;
}

export function PeoplePage(): ReactNode {
  const { t } = useTranslation('admin');
  const [link, setLink] = useState<OneTimeLink | null>(null);
  return (
    <Page
      title={t('people.title')}
      intro={t('people.intro')}
      actions={
        <Button component={Link} to={paths.audit()} variant="default">
          {t('audit.title')}
        </Button>
      }
    >
      <InviteForm onMade={setLink} />
      {link && <LinkOnce link={link} onClose={() => setLink(null)} />}
      <Users onLink={setLink} />
      <Invitations />
    </Page>
  );
}

function LinkOnce({ link, onClose }: { link: OneTimeLink; onClose: () => void }): ReactNode {
  const { t } = useTranslation('admin');
  const { t: common } = useTranslation();
  const address = `${window.location.origin}${paths.join()}#${link.token}`;
  return (
    <Notice tone="good" role="status">
      <Text>{t('people.linkOnce', { whom: link.whom, when: formatTime(link.expires) })}</Text>
      <div className={classes.once}>
        <code>{address}</code>
        <CopyButton value={address}>
          {({ copied, copy }) => (
            <Button size="compact-sm" onClick={copy}>
              {copied ? common('copy.copied') : common('copy.copy')}
            </Button>
          )}
        </CopyButton>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {common('close')}
        </Button>
      </div>
    </Notice>
  );
}

function InviteForm({ onMade }: { onMade: (link: OneTimeLink) => void }): ReactNode {
  const { t } = useTranslation('admin');
  const { t: common } = useTranslation();
  const { t: research } = useTranslation('research');
  const queries = useQueryClient();
  const projects = useQuery(projectsQuery);
  const [form, setForm] = useState({
    role: 'labeler' as User['role'],
    project: '',
    pool: '' as Schema<'PoolEnum'> | '',
    note: '',
  });
  const inviting = useMutation({
    mutationFn: () =>
      invite({
        role: form.role,
        note: form.note.trim(),
        pool: form.project ? form.pool || (form.role === 'labeler' ? 'training' : 'researcher') : '',
        project: form.project || null,
      }),
    onSuccess: (made) => {
      onMade({ whom: made.note || common(`account.role.${made.role}`), token: made.token, expires: made.expires_at });
      setForm({ ...form, note: '' });
      void queries.invalidateQueries({ queryKey: ['list', '/invitations'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    inviting.mutate();
  };
  return (
    <Section title={t('people.invite')}>
      <form onSubmit={submit}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} mb="sm">
          <Choice
            label={t('people.role')}
            value={form.role}
            onChange={(role) => setForm({ ...form, role: role as User['role'] })}
            options={ROLES.map((value) => ({ value, label: common(`account.role.${value}`) }))}
          />
          <Choice
            label={t('project')}
            value={form.project}
            onChange={(project) => setForm({ ...form, project })}
            options={(projects.data?.results ?? []).map((one) => ({ value: one.id, label: one.name }))}
            none={t('people.noProject')}
          />
          <Choice
            label={research('members.pool')}
            value={form.pool}
            disabled={!form.project}
            onChange={(pool) => setForm({ ...form, pool: pool as Schema<'PoolEnum'> | '' })}
            options={POOLS.map((value) => ({ value, label: research(`pool.${value}`) }))}
            none={t('people.poolByRole')}
          />
          <TextInput
            label={t('people.note')}
            placeholder={t('people.noteHelp')}
            value={form.note}
            onChange={(event) => setForm({ ...form, note: event.currentTarget.value })}
            maxLength={200}
          />
        </SimpleGrid>
        {inviting.error && (
          <Notice tone="bad" role="alert">
            <ErrorText error={inviting.error} />
          </Notice>
        )}
        <Button type="submit" loading={inviting.isPending} my="xs">
          {t('people.makeLink')}
        </Button>
      </form>
    </Section>
  );
}

function Users({ onLink }: { onLink: (link: OneTimeLink) => void }): ReactNode {
  const { t } = useTranslation('admin');
  const { t: common } = useTranslation();
  const me = useUser();
  const queries = useQueryClient();
  const users = useInfiniteQuery(pagedQuery<User>('/users'));
  const changing = useMutation({
    mutationFn: ({ id, change }: { id: string; change: Parameters<typeof changeUser>[1] }) => changeUser(id, change),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['list', '/users'] }),
  });
  const resetting = useMutation({
    mutationFn: (user: User) => resetPassword(user.id),
    onSuccess: (made, user) => {
      onLink({ whom: user.username, token: made.token, expires: made.expires_at });
      window.scrollTo(0, 0);
    },
  });
  const error = changing.error ?? resetting.error;
  return (
    <Section title={t('people.accounts')}>
      {error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={error} />
        </Notice>
      )}
      <PagedTable
        query={users}
        label={t('people.accounts')}
        rowKey={(user) => user.id}
        empty={<EmptyState title={t('people.emptyTitle')} text={t('people.emptyText')} />}
        columns={[
          { key: 'name', header: t('people.username'), cell: (user) => user.username },
          {
            key: 'role',
            header: t('people.role'),
            cell: (user) => (
              <Choice
                miw={132}
                aria-label={t('people.roleOf', { username: user.username })}
                value={user.role}
                disabled={user.id === me.id || changing.isPending}
                onChange={(role) => changing.mutate({ id: user.id, change: { role: role as User['role'] } })}
                options={ROLES.map((value) => ({ value, label: common(`account.role.${value}`) }))}
              />
            ),
          },
          {
            key: 'active',
            header: t('people.active'),
            cell: (user) => (
              <Switch
                aria-label={t('people.activeOf', { username: user.username })}
                checked={user.is_active}
                disabled={user.id === me.id || changing.isPending}
                onChange={(event) => changing.mutate({ id: user.id, change: { is_active: event.currentTarget.checked } })}
              />
            ),
          },
          { key: 'since', header: t('people.since'), cell: (user) => <Time at={user.created_at} /> },
          {
            key: 'more',
            header: '',
            cell: (user) => (
              <Group gap="xs" wrap="nowrap">
                <Button
                  size="compact-xs"
                  variant="default"
                  disabled={!user.is_active}
                  loading={resetting.isPending && resetting.variables?.id === user.id}
                  aria-label={t('people.resetOf', { username: user.username })}
                  onClick={() => resetting.mutate(user)}
                >
                  {t('people.reset')}
                </Button>
                <Link to={withFilters(paths.audit(), { actor: user.username })}>{t('people.deeds')}</Link>
              </Group>
            ),
          },
        ]}
      />
      <Text c="dimmed" size="xs" mt="xs">
        {t('people.deactivateHelp')}
      </Text>
    </Section>
  );
}

function Invitations(): ReactNode {
  const { t } = useTranslation('admin');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const invitations = useInfiniteQuery(pagedQuery<Invitation>('/invitations'));
  const revoking = useMutation({
    mutationFn: revokeInvitation,
    onSettled: () => void queries.invalidateQueries({ queryKey: ['list', '/invitations'] }),
  });
  return (
    <Section title={t('people.invitations')}>
      {revoking.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={revoking.error} />
        </Notice>
      )}
      <PagedTable
        query={invitations}
        label={t('people.invitations')}
        rowKey={(invitation) => invitation.id}
        empty={<EmptyState title={t('people.noInvitations')} text={t('people.noInvitationsText')} />}
        columns={[
          {
            key: 'for',
            header: t('people.note'),
            cell: (invitation) =>
              invitation.resets ? t('people.resetFor', { username: invitation.resets }) : invitation.note || '–',
          },
          { key: 'role', header: t('people.role'), cell: (invitation) => common(`account.role.${invitation.role}`) },
          { key: 'state', header: t('status'), cell: (invitation) => <InvitationState invitation={invitation} /> },
          { key: 'expires', header: t('people.expires'), cell: (invitation) => <Time at={invitation.expires_at} /> },
          {
            key: 'revoke',
            header: '',
            cell: (invitation) =>
              stateOf(invitation) === 'open' ? (
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={revoking.isPending && revoking.variables === invitation.id}
                  onClick={() => revoking.mutate(invitation.id)}
                >
                  {t('people.revoke')}
                </Button>
              ) : null,
          },
        ]}
      />
    </Section>
  );
}

type InvitationStateName = 'open' | 'used' | 'revoked' | 'expired';
const INVITATION_TONES: Record<InvitationStateName, Tone> = { open: 'active', used: 'good', revoked: 'bad', expired: 'quiet' };

function stateOf(invitation: Invitation): InvitationStateName {
  if (invitation.used_at) return 'used';
  if (invitation.revoked_at) return 'revoked';
  return Date.parse(invitation.expires_at) < Date.now() ? 'expired' : 'open';
}

function InvitationState({ invitation }: { invitation: Invitation }): ReactNode {
  const { t } = useTranslation('admin');
  const state = stateOf(invitation);
  return (
    <Status tone={INVITATION_TONES[state]}>
      {state === 'used' && invitation.used_by
        ? t('people.usedBy', { username: invitation.used_by })
        : t(`people.invitation.${state}`)}
    </Status>
  );
}
