/** The rubric of a project: the yes/no questions asked of each output and of the prompt, version by version. */
import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { publishRubric, rubricsQuery, type Project } from '@/api/projects';
import type { Schema } from '@/api/schemas';
import { useFilters } from '@/app/filters';
import { Choice } from '@/components/Choice';
import { DataTable } from '@/components/DataTable';
import { Section } from '@/components/Page';
import { EmptyState, ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import { Time } from '@/components/Time';
import { ProjectFrame } from './ProjectFrame';
import classes from './RubricPage.module.css';

type Content = Schema<'RubricContent'>;
type FlagGroup = keyof Content;
const GROUPS: readonly FlagGroup[] = ['output_flags', 'prompt_flags'];

export function RubricPage(): ReactNode {
  return <ProjectFrame tab="rubric">{(project) => <Rubric project={project} />}</ProjectFrame>;
}

function Rubric({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('research');
  const [filters, setFilter] = useFilters(['version']);
  const [changing, setChanging] = useState(false);
  const rubrics = useQuery(rubricsQuery(project.id));
  if (!rubrics.data) {
    return rubrics.error ? (
      <ErrorState error={rubrics.error} onRetry={() => void rubrics.refetch()} />
    ) : (
      <LoadingState />
    );
  }
  const all = rubrics.data.results;
  const shown = all.find((rubric) => String(rubric.version) === filters.version) ?? all[0];
  if (changing) {
    return (
      <RubricForm
        project={project}
        content={all[0]?.content ?? { output_flags: [], prompt_flags: [] }}
        onDone={() => setChanging(false)}
      />
    );
  }
  return (
    <>
      <Group align="flex-end" mb="md">
        {all.length > 1 && (
          <Choice
            label={t('guidelines.version')}
            value={String(shown?.version ?? '')}
            onChange={(value) => setFilter('version', value)}
            options={all.map((rubric) => ({ value: String(rubric.version), label: String(rubric.version) }))}
          />
        )}
        <Button variant="default" onClick={() => setChanging(true)}>
          {t('guidelines.new')}
        </Button>
        {shown && (
          <Text c="dimmed">
            {t('guidelines.versionNumber', { version: shown.version })} {'·'} <Time at={shown.created_at} />
          </Text>
        )}
      </Group>
      {!shown && <EmptyState title={t('rubric.emptyTitle')} text={t('rubric.emptyText')} />}
      {shown &&
        GROUPS.map((group) => (
          <Section key={group} title={t(`rubric.${group}`)}>
            <DataTable
              label={t(`rubric.${group}`)}
              rows={shown.content[group]}
              rowKey={(flag) => flag.key}
              empty={<EmptyState title={t('rubric.noneTitle')} text={t('rubric.noneText')} />}
              columns={[
                { key: 'label', header: t('rubric.label'), cell: (flag) => flag.label },
                { key: 'help', header: t('rubric.help'), cell: (flag) => flag.help },
                { key: 'key', header: t('rubric.key'), cell: (flag) => <code>{flag.key}</code> },
              ]}
            />
          </Section>
        ))}
    </>
  );
}

function RubricForm({ project, content: before, onDone }: { project: Project; content: Content; onDone: () => void }): ReactNode {
  const { t } = useTranslation('research');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [content, setContent] = useState(before);
  const publishing = useMutation({
    mutationFn: () => publishRubric(project.id, content),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: rubricsQuery(project.id).queryKey });
      onDone();
    },
  });
  const setGroup = (group: FlagGroup, flags: Content[FlagGroup]): void => setContent({ ...content, [group]: flags });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    publishing.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Text c="dimmed" maw="44rem">
        {t('rubric.formHelp')}
      </Text>
      {GROUPS.map((group) => (
        <Section key={group} title={t(`rubric.${group}`)}>
          <Stack gap="xs">
            {content[group].map((flag, index) => {
              const change = (part: Partial<typeof flag>): void =>
                setGroup(group, content[group].map((other, at) => (at === index ? { ...other, ...part } : other)));
              return (
                <div key={index} className={classes.row}>
                  <TextInput
                    aria-label={t('rubric.label')}
                    placeholder={t('rubric.label')}
                    value={flag.label}
                    onChange={(event) => change({ label: event.currentTarget.value })}
                    required
                  />
                  <TextInput
                    aria-label={t('rubric.help')}
                    placeholder={t('rubric.help')}
                    value={flag.help ?? ''}
                    onChange={(event) => change({ help: event.currentTarget.value })}
                  />
                  <TextInput
                    aria-label={t('rubric.key')}
                    placeholder={t('rubric.key')}
                    value={flag.key}
                    onChange={(event) => change({ key: event.currentTarget.value })}
                    pattern="[a-z][a-z0-9_]*"
                    required
                  />
                  <ActionIcon
                    variant="default"
                    size="lg"
                    aria-label={t('rubric.remove', { label: flag.label })}
                    onClick={() => setGroup(group, content[group].filter((_, at) => at !== index))}
                  >
                    {'×'}
                  </ActionIcon>
                </div>
              );
            })}
            <Group>
              <Button
                variant="default"
                size="compact-sm"
                onClick={() => setGroup(group, [...content[group], { key: '', label: '', help: '' }])}
              >
                {t('rubric.add')}
              </Button>
            </Group>
          </Stack>
        </Section>
      ))}
      {publishing.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={publishing.error} />
        </Notice>
      )}
      <Group mt="md">
        <Button type="submit" loading={publishing.isPending}>
          {t('guidelines.publish')}
        </Button>
        <Button variant="default" onClick={onDone}>
          {common('cancel')}
        </Button>
      </Group>
    </form>
  );
}
