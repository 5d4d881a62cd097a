/** The screening test of a project, as who takes it sees it: four parts, how far each is, and an honest result. */
import { Button, Group, Progress, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { ApiError } from '@/api/errors';
import { ownScreeningQuery, tellTopics, type OwnScreening } from '@/api/screening';
import { assignmentQuery, homeQuery, nextTask } from '@/api/work';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { Key } from '@/components/Key';
import { Page, Section } from '@/components/Page';
import { ScoreFacts } from '@/components/ScoreFacts';
import { EmptyState, ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';

export function ScreeningPage(): ReactNode {
  const { t } = useTranslation('beside');
  const { t: common } = useTranslation();
  const { project = '' } = useParams();
  const screening = useQuery(ownScreeningQuery(project));
  return (
    <Page title={t('screening.title')} trail={[{ label: common('nav.home'), to: paths.home() }]}>
      {screening.data ? (
        <Content project={project} own={screening.data} />
      ) : screening.error ? (
        <ErrorState error={screening.error} onRetry={() => void screening.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Page>
  );
}

function Content({ project, own }: { project: string; own: OwnScreening }): ReactNode {
  const { t } = useTranslation('beside');
  if (own.decision) return <Result decision={own.decision} />;
  if (own.stage !== 'screening') {
    return <EmptyState title={t('screening.notScreenedTitle')} text={t('screening.notScreenedText')} />;
  }
  return (
    <Stack gap="md" maw="46rem">
      <Text>{t('screening.intro')}</Text>
      {own.complete && (
        <Notice tone="good" role="status">
          {t('screening.complete')}
        </Notice>
      )}
      <Parts project={project} own={own} />
      <Topics key={own.topics ? 'told' : 'open'} project={project} own={own} />
    </Stack>
  );
}

/** The parts that are tasks: each is begun, or gone on with, from here. */
function Parts({ project, own }: { project: string; own: OwnScreening }): ReactNode {
  const { t } = useTranslation('beside');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const starting = useMutation({
    mutationFn: () => nextTask(project),
    onSuccess: (assignment) => {
      if (!assignment) return void queries.invalidateQueries({ queryKey: ownScreeningQuery(project).queryKey });
      queries.setQueryData(assignmentQuery(assignment.id).queryKey, assignment);
      void navigate(paths.work(assignment.id));
    },
  });
  const left = own.parts.some((part) => part.done + part.skipped < part.total);
  const begun = own.parts.some((part) => part.done + part.skipped > 0);
  const start = (): void => {
    if (!starting.isPending) starting.mutate();
  };
  useKeys([{ keys: 'Enter', label: t('screening.start'), group: t('screening.title'), run: start, when: left }]);
  if (own.parts.length === 0) {
    return <EmptyState title={t('screening.noItemsTitle')} text={t('screening.noItemsText')} />;
  }
  return (
    <Section title={t('screening.tasks')}>
      <Stack gap="sm">
        {own.parts.map((part) => {
          const label = t(`screening.part.${part.part}`);
          const done = part.done + part.skipped;
          return (
            <div key={part.part}>
              <Group justify="space-between" align="baseline">
                <Text fw={600}>{label}</Text>
                <Text c="dimmed">{t('screening.done', { done, count: part.total })}</Text>
              </Group>
              <Text c="dimmed" size="sm">
                {t(`screening.about.${part.part}`)}
              </Text>
              <Progress value={(100 * done) / part.total} aria-label={label} mt={4} />
            </div>
          );
        })}
        {starting.error && (
          <Notice tone="bad" role="alert">
            <ErrorText error={starting.error} />
          </Notice>
        )}
        {left && (
          <Group>
            <Button onClick={start} loading={starting.isPending} rightSection={<Key keys="Enter" />}>
              {t(begun ? 'screening.goOn' : 'screening.start')}
            </Button>
          </Group>
        )}
      </Stack>
    </Section>
  );
}

function Topics({ project, own }: { project: string; own: OwnScreening }): ReactNode {
  const { t } = useTranslation('beside');
  const queries = useQueryClient();
  const [topics, setTopics] = useState(own.topics?.topics ?? '');
  const [groups, setGroups] = useState(own.topics?.groups ?? '');
  const telling = useMutation({
    mutationFn: () => tellTopics(project, { topics, groups }),
    onSuccess: (now) => queries.setQueryData(ownScreeningQuery(project).queryKey, now),
  });
  const told = own.topics !== null;
  const ready = topics.trim() !== '' && !told;
  const fields = telling.error instanceof ApiError ? telling.error.fields : {};
  const send = (): void => {
    if (ready && !telling.isPending) telling.mutate();
  };
  useKeys([
    { keys: 'mod+Enter', label: t('screening.send'), group: t('screening.title'), run: send, when: ready },
  ]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send();
  };
  return (
    <Section title={t('screening.topicsTitle')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text c="dimmed">{t(told ? 'screening.topicsTold' : 'screening.topicsHelp')}</Text>
          <Textarea
            label={t('screening.topics')}
            value={topics}
            onChange={(event) => setTopics(event.currentTarget.value)}
            error={fields.topics}
            readOnly={told}
            autosize
            minRows={2}
            maxLength={10_000}
          />
          <Textarea
            label={t('screening.groups')}
            value={groups}
            onChange={(event) => setGroups(event.currentTarget.value)}
            error={fields.groups}
            readOnly={told}
            autosize
            minRows={2}
            maxLength={10_000}
          />
          {telling.error && (
            <Notice tone="bad" role="alert">
              <ErrorText error={telling.error} />
            </Notice>
          )}
          {!told && (
            <Group>
              <Button
                type="submit"
                variant="default"
                disabled={!ready}
                loading={telling.isPending}
                rightSection={<Key keys="mod+Enter" />}
              >
                {t('screening.send')}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Section>
  );
}

function Result({ decision }: { decision: NonNullable<OwnScreening['decision']> }): ReactNode {
  const { t } = useTranslation('beside');
  const { t: work } = useTranslation('work');
  const queries = useQueryClient();
  return (
    <Stack gap="md" maw="46rem">
      <Notice tone={decision.qualified ? 'good' : 'info'}>
        <strong>{t(decision.qualified ? 'screening.qualified' : 'screening.declined')}</strong> {decision.reason}
      </Notice>
      <ScoreFacts scores={decision.scores} />
      <Text c="dimmed">{t('screening.softCutoffs')}</Text>
      <Group>
        <Button
          component={Link}
          to={paths.home()}
          onClick={() => void queries.invalidateQueries({ queryKey: homeQuery.queryKey })}
        >
          {work('finished.home')}
        </Button>
      </Group>
    </Stack>
  );
}
