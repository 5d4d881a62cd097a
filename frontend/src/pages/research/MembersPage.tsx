/** Who works in a project: their pool, whether they are qualified, and the pseudonym that others see. */
import { Button, Group, Switch, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/errors';
import { pagedQuery } from '@/api/paged';
import { addMember, changeMember, removeMember, type Member, type Project } from '@/api/projects';
import { POOLS } from '@/api/schemas';
import { Choice } from '@/components/Choice';
import { PagedTable } from '@/components/DataTable';
import { Section } from '@/components/Page';
import { EmptyState, ErrorText, Notice } from '@/components/states';
import { ProjectFrame } from './ProjectFrame';

export function MembersPage(): ReactNode {
  return <ProjectFrame tab="members">{(project) => <Members project={project} />}</ProjectFrame>;
}

function Members({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('research');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const path = `/projects/${project.id}/members`;
  const members = useInfiniteQuery(pagedQuery<Member>(path));
  const refresh = (): void => void queries.invalidateQueries({ queryKey: ['list', path] });
  const changing = useMutation({
    mutationFn: ({ id, change }: { id: string; change: Parameters<typeof changeMember>[1] }) => changeMember(id, change),
    onSettled: refresh,
  });
  const [removing, setRemoving] = useState<string | null>(null);
  const removal = useMutation({ mutationFn: removeMember, onSuccess: () => setRemoving(null), onSettled: refresh });
  const error = changing.error ?? removal.error;
  return (
    <>
      {error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={error} />
        </Notice>
      )}
      <PagedTable
        query={members}
        label={t('tab.members')}
        rowKey={(member) => member.id}
        empty={<EmptyState title={t('members.emptyTitle')} text={t('members.emptyText')} />}
        columns={[
          { key: 'name', header: t('members.name'), cell: (member) => member.username },
          { key: 'role', header: t('members.role'), cell: (member) => common(`account.role.${member.role}`) },
          { key: 'pseudonym', header: t('members.pseudonym'), cell: (member) => member.pseudonym },
          {
            key: 'pool',
            header: t('members.pool'),
            cell: (member) => (
              <Choice
                miw={170}
                aria-label={t('members.poolOf', { username: member.username })}
                value={member.pool}
                onChange={(pool) => changing.mutate({ id: member.id, change: { pool: pool as Member['pool'] } })}
                options={POOLS.map((pool) => ({ value: pool, label: t(`pool.${pool}`) }))}
              />
            ),
          },
          {
            key: 'qualified',
            header: t('members.qualified'),
            cell: (member) => (
              <Switch
                aria-label={t('members.qualifiedOf', { username: member.username })}
                checked={member.qualified ?? false}
                onChange={(event) =>
                  changing.mutate({ id: member.id, change: { qualified: event.currentTarget.checked } })
                }
              />
            ),
          },
          {
            key: 'remove',
            header: '',
            cell: (member) =>
              removing === member.id ? (
                <Group gap="xs" wrap="nowrap">
                  <Button size="compact-xs" color="red" loading={removal.isPending} onClick={() => removal.mutate(member.id)}>
                    {t('members.removeSure')}
                  </Button>
                  <Button size="compact-xs" variant="default" onClick={() => setRemoving(null)}>
                    {common('cancel')}
                  </Button>
                </Group>
              ) : (
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={t('members.removeOf', { username: member.username })}
                  onClick={() => setRemoving(member.id)}
                >
                  {t('members.remove')}
                </Button>
              ),
          },
        ]}
      />
      <AddMember project={project} onAdded={refresh} />
    </>
  );
}

function AddMember({ project, onAdded }: { project: Project; onAdded: () => void }): ReactNode {
  const { t } = useTranslation('research');
  const [username, setUsername] = useState('');
  const [pool, setPool] = useState<Member['pool']>('training');
  const adding = useMutation({
    mutationFn: () => addMember(project.id, { username: username.trim(), pool }),
    onSuccess: () => {
      setUsername('');
      onAdded();
    },
  });
  const fields = adding.error instanceof ApiError ? adding.error.fields : {};
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    adding.mutate();
  };
  return (
    <Section title={t('members.add')}>
      <form onSubmit={submit}>
        <Group align="flex-start">
          <TextInput
            label={t('members.name')}
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
            error={fields.username}
            autoComplete="off"
            required
          />
          <Choice
            label={t('members.pool')}
            value={pool}
            onChange={(value) => setPool(value as Member['pool'])}
            options={POOLS.map((value) => ({ value, label: t(`pool.${value}`) }))}
          />
          <Button type="submit" mt={26} loading={adding.isPending} disabled={!username.trim()}>
            {t('members.addSubmit')}
          </Button>
        </Group>
        {adding.error && Object.keys(fields).length === 0 && (
          <Notice tone="bad" role="alert">
            <ErrorText error={adding.error} />
          </Notice>
        )}
      </form>
    </Section>
  );
}
