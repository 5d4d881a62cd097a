/** The guidelines of a project by kind of task: the newest, the earlier ones, and a new version. */
import { Button, Group, Stack, Tabs, Text, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { publishGuideline, type Project } from '@/api/projects';
import { TASK_KINDS, type Schema } from '@/api/schemas';
import { guidelinesQuery } from '@/api/work';
import { useFilters } from '@/app/filters';
import { Choice } from '@/components/Choice';
import { Markdown } from '@/components/Markdown';
import { Section } from '@/components/Page';
import { EmptyState, ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import { Time } from '@/components/Time';
import { GuidelineExamples } from '@/pages/work/GuidelineExamples';
import { ExamplesForm, type Example } from './ExamplesForm';
import classes from './Review.module.css';
import { ProjectFrame } from './ProjectFrame';

type Kind = Schema<'TaskKindEnum'>;

export function GuidelinesPage(): ReactNode {
  const { t: common } = useTranslation();
  const [filters, setFilter] = useFilters(['kind', 'version']);
  const kind: Kind = TASK_KINDS.find((name) => name === filters.kind) ?? 'demonstration';
  return (
    <ProjectFrame tab="guidelines">
      {(project) => (
        <Tabs
          value={kind}
          onChange={(value) => {
            setFilter('version', '');
            setFilter('kind', value ?? '');
          }}
        >
          <Tabs.List mb="md">
            {TASK_KINDS.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {common(`kind.${name}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {TASK_KINDS.map((name) => (
            <Tabs.Panel key={name} value={name}>
              {name === kind && <Guidelines key={name} project={project} kind={name} />}
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
    </ProjectFrame>
  );
}

function Guidelines({ project, kind }: { project: Project; kind: Kind }): ReactNode {
  const { t } = useTranslation('research');
  const [filters, setFilter] = useFilters(['version']);
  const versions = useQuery(guidelinesQuery(project.id, kind));
  const [writing, setWriting] = useState(false);
  if (!versions.data) {
    return versions.error ? (
      <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />
    ) : (
      <LoadingState />
    );
  }
  const all = versions.data.results;
  const shown = all.find((version) => String(version.version) === filters.version) ?? all[0];
  return (
    <>
      <Group align="flex-end" mb="md">
        {all.length > 1 && (
          <Choice
            label={t('guidelines.version')}
            value={String(shown?.version ?? '')}
            onChange={(value) => setFilter('version', value)}
            options={all.map((version) => ({ value: String(version.version), label: String(version.version) }))}
          />
        )}
        {!writing && (
          <Button variant="default" onClick={() => setWriting(true)}>
            {t('guidelines.new')}
          </Button>
        )}
      </Group>
      {writing && (
        <NewVersion project={project} kind={kind} before={all[0]} onDone={() => setWriting(false)} />
      )}
      {shown ? (
        <article className={classes.card}>
          <div className={classes.head}>
            <Text fw={600}>{t('guidelines.versionNumber', { version: shown.version })}</Text>
            <span className={classes.quiet}>
              <Time at={shown.created_at} />
            </span>
          </div>
          <Markdown text={shown.text} />
          {shown.examples.length > 0 && (
            <Section title={t('guidelines.examples')}>
              <GuidelineExamples examples={shown.examples} />
            </Section>
          )}
        </article>
      ) : (
        <EmptyState title={t('guidelines.emptyTitle')} text={t('guidelines.emptyText')} />
      )}
    </>
  );
}

interface NewVersionProps {
  project: Project;
  kind: Kind;
  before?: Schema<'Guideline'>;
  onDone: () => void;
}

function NewVersion({ project, kind, before, onDone }: NewVersionProps): ReactNode {
  const { t } = useTranslation('research');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [text, setText] = useState(before?.text ?? '');
  const [examples, setExamples] = useState<Example[]>(before?.examples ?? []);
  const changed = text !== (before?.text ?? '') || JSON.stringify(examples) !== JSON.stringify(before?.examples ?? []);
  const publishing = useMutation({
    mutationFn: () => publishGuideline(project.id, { kind, text, examples }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: guidelinesQuery(project.id, kind).queryKey });
      onDone();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    publishing.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack mb="lg">
        <Textarea
          label={t('guidelines.text')}
          description={t('guidelines.textHelp')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          minRows={10}
          maxRows={30}
          required
        />
        {text.trim() && (
          <Section title={t('guidelines.preview')}>
            <div className={classes.card}>
              <Markdown text={text} />
            </div>
          </Section>
        )}
        <ExamplesForm examples={examples} onChange={setExamples} />
        {publishing.error && (
          <Notice tone="bad" role="alert">
            <ErrorText error={publishing.error} />
          </Notice>
        )}
        <Group>
          <Button type="submit" loading={publishing.isPending} disabled={text.trim() === '' || !changed}>
            {t('guidelines.publish')}
          </Button>
          <Button variant="default" onClick={onDone}>
            {common('cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
