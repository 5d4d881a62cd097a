/** What waits for me, what I have begun, what came back, and my week. */
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { assignmentQuery, homeQuery, nextTask } from '@/api/work';
import type { Home, HomeProject, TaskKind } from '@/api/types';
import { formatDuration, formatWeekday } from '@/app/format';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { useUser } from '@/app/session';
import { Key } from '@/components/Key';
import { Page, Section } from '@/components/Page';
import { EmptyState, ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import { workOnMix } from '@/work/taskMix';
import { answeredSurveys } from '@/work/answeredSurveys';
import classes from './Home.module.css';
import { excerpt } from './questions/excerpt';

const KINDS: readonly TaskKind[] = ['comparison', 'demonstration', 'prompt'];
const SURVEYS = ['satisfaction', 'demographic'] as const;

export function HomePage(): ReactNode {
  const { t: work } = useTranslation('work');
  const home = useQuery(homeQuery);
  return (
    <Page title={work('home.title')}>
      {home.data ? (
        <Content home={home.data} />
      ) : home.error ? (
        <ErrorState error={home.error} onRetry={() => void home.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Page>
  );
}

function Content({ home }: { home: Home }): ReactNode {
  const { t } = useTranslation('home');
  const { username } = useUser();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const starting = useMutation({
    mutationFn: ({ project, kind, mix = false }: { project: string; kind?: TaskKind; mix?: boolean }) => {
      workOnMix(project, mix);
      return nextTask(project, kind);
    },
    onSuccess: (assignment) => {
      if (!assignment) return void queries.invalidateQueries({ queryKey: homeQuery.queryKey });
      queries.setQueryData(assignmentQuery(assignment.id).queryKey, assignment);
      void navigate(paths.work(assignment.id));
    },
  });
  const first = firstThing(home.projects);
  const startFirst = (): void => {
    if (!first) return;
    if (first.assignment) void navigate(paths.work(first.assignment));
    else starting.mutate({ project: first.project.id, kind: first.kind, mix: first.mix });
  };
  useKeys([
    { keys: ['Enter'], label: t('home.startKeys'), group: t('home.group'), run: startFirst, when: first !== null },
  ]);

  if (home.projects.length === 0) {
    return <EmptyState title={t('home.emptyTitle')} text={t('home.emptyText', { username })} />;
  }
  return (
    <>
      <Stack gap="md">
        {starting.error && (
          <Notice tone="bad" role="alert">
            <ErrorText error={starting.error} />
          </Notice>
        )}
        {starting.isSuccess && !starting.data && (
          <Notice tone="info" role="status">
            {t('home.noneLeft')}
          </Notice>
        )}
        {home.answered.length > 0 && (
          <Notice tone="good">
            {t('home.answered', { count: home.answered.length })}
            <ul className={classes.answered}>
              {home.answered.map((question) => (
                <li key={question.id}>
                  <Link to={paths.question(question.id)}>{excerpt(question.text)}</Link>
                </li>
              ))}
            </ul>
          </Notice>
        )}
        {home.projects.map((project) => (
          <ProjectCard
            key={project.id}
            project={project}
            first={first?.project === project}
            busy={starting.isPending}
            onStart={(wanted) => starting.mutate({ project: project.id, ...wanted })}
          />
        ))}
      </Stack>
      <Week week={home.week} />
      <Surveys />
    </>
  );
}

/** Those that were not answered from this browser. */
function Surveys(): ReactNode {
  const { t } = useTranslation('home');
  const { t: work } = useTranslation('work');
  const answered = answeredSurveys(useUser().id);
  const open = SURVEYS.filter((survey) => !answered.includes(survey));
  if (open.length === 0) return null;
  return (
    <Text c="dimmed" mt="lg">
      {t('home.surveys')}{' '}
      {open.map((survey) => (
        <Link key={survey} to={paths.survey(survey)} className={classes.guideline}>
          {work(`survey.title.${survey}`)}
        </Link>
      ))}
    </Text>
  );
}

interface FirstThing {
  project: HomeProject;
  assignment?: string;
  kind?: TaskKind;
  mix?: boolean;
}

/** What the Enter key starts: work in progress before new work, in the order of the page. */
function firstThing(projects: readonly HomeProject[]): FirstThing | null {
  const begun = projects.find((project) => project.in_progress);
  if (begun?.in_progress) return { project: begun, assignment: begun.in_progress.id };
  for (const project of projects) {
    const kind = KINDS.find((name) => project.waiting[name] > 0);
    if (project.paused || (!kind && project.returned + project.given === 0)) continue;
    return project.mix && kind ? { project, mix: true } : { project, kind };
  }
  return null;
}

function ProjectCard({
  project,
  first,
  busy,
  onStart,
}: {
  project: HomeProject;
  first: boolean;
  busy: boolean;
  onStart: (wanted: { kind?: TaskKind; mix?: boolean }) => void;
}): ReactNode {
  const { t } = useTranslation('home');
  const { t: work } = useTranslation('work');
  const { t: common } = useTranslation();
  const begun = project.in_progress;
  const waiting = KINDS.filter((kind) => project.waiting[kind] > 0);
  const fresh = project.guidelines_to_acknowledge;
  return (
    <section className={classes.project} aria-labelledby={`project-${project.id}`}>
      <Group justify="space-between" align="baseline">
        <Title order={2} size="h3" id={`project-${project.id}`}>
          {project.name}
        </Title>
        <Text c="dimmed">
          {common(`purpose.${project.purpose}`)} {'·'} <Link to={paths.progress(project.id)}>{t('home.progress')}</Link> {'·'}{' '}
          <Link to={paths.sensitive(project.id)}>{t('home.sensitive')}</Link>
        </Text>
      </Group>
      {fresh.length > 0 && (
        <Notice tone="info">
          {t('home.newGuidelines', { count: fresh.length })}{' '}
          {fresh.map((kind) => (
            <Link key={kind} to={paths.guideline(project.id, kind)} className={classes.guideline}>
              {work(`home.guideline.${kind}`)}
            </Link>
          ))}
        </Notice>
      )}
      {project.returned + project.given > 0 && (
        <Notice tone="warn">
          <Group justify="space-between">
            <span>
              {project.returned > 0 && t('home.returned', { count: project.returned })}
              {project.returned > 0 && project.given > 0 && ' '}
              {project.given > 0 && t('home.given', { count: project.given })}
            </span>
            {!begun && (
              <Button size="compact-sm" variant="default" disabled={busy} onClick={() => onStart({})}>
                {t('home.openReturned')}
              </Button>
            )}
          </Group>
        </Notice>
      )}
      {project.paused && <Notice tone="info">{t('home.paused')}</Notice>}
      {project.stage === 'screening' && (
        <Notice tone="info">
          {t('home.screening')} <Link to={paths.screening(project.id)}>{t('home.toScreening')}</Link>
        </Notice>
      )}
      {project.stage === 'calibration' && <Notice tone="info">{t('home.calibration')}</Notice>}
      {project.stage === null && (
        <Notice tone="info">
          {t('home.notQualified')} <Link to={paths.screening(project.id)}>{t('home.toResult')}</Link>
        </Notice>
      )}
      {begun && (
        <Group justify="space-between">
          <Text>{common(`kind.${begun.kind}`)}</Text>
          <Button
            component={Link}
            to={paths.work(begun.id)}
            rightSection={first ? <Key keys="Enter" /> : undefined}
          >
            {t(`home.resume.${begun.kind}`)}
          </Button>
        </Group>
      )}
      {!begun && !project.paused && (
        <>
          {project.mix && waiting.length > 0 && (
            <Group justify="space-between">
              <Text>{t('home.mix')}</Text>
              <Button
                disabled={busy}
                onClick={() => onStart({ mix: true })}
                rightSection={first ? <Key keys="Enter" /> : undefined}
              >
                {t('home.startMix')}
              </Button>
            </Group>
          )}
          {waiting.map((kind, index) => (
            <Group key={kind} justify="space-between">
              <Text>{t(`home.waitingCount.${kind}`, { count: project.waiting[kind] })}</Text>
              <Button
                variant={index === 0 && !project.mix ? 'filled' : 'default'}
                disabled={busy}
                onClick={() => onStart({ kind })}
                rightSection={first && index === 0 && !project.mix ? <Key keys="Enter" /> : undefined}
              >
                {t(`home.start.${kind}`)}
              </Button>
            </Group>
          ))}
          {waiting.length === 0 && project.returned + project.given === 0 && <Text c="dimmed">{t('home.nothing')}</Text>}
        </>
      )}
    </section>
  );
}

function Week({ week }: { week: Home['week'] }): ReactNode {
  const { t } = useTranslation('home');
  const most = Math.max(1, ...week.by_day.map((day) => day.active_seconds));
  return (
    <Section title={t('home.week')}>
      {week.items === 0 && week.active_seconds === 0 ? (
        <Text c="dimmed">{t('home.weekEmpty')}</Text>
      ) : (
        <div className={classes.week}>
          <div>
            <Text size="lg" fw={600}>
              {t('home.items', { count: week.items })}
            </Text>
            <Text c="dimmed">{t('home.active', { duration: formatDuration(week.active_seconds) })}</Text>
          </div>
          <ol className={classes.days}>
            {week.by_day.map((day) => (
              <li key={day.day}>
                <span className="visually-hidden">
                  {t('home.dayLine', {
                    day: formatWeekday(day.day),
                    items: day.items,
                    duration: formatDuration(day.active_seconds),
                  })}
                </span>
                <span className={classes.count} aria-hidden="true">
                  {day.items || ''}
                </span>
                <svg className={classes.bar} viewBox="0 0 10 40" preserveAspectRatio="none" aria-hidden="true">
                  <rect
                    x="0"
                    width="10"
                    y={40 - (38 * day.active_seconds) / most}
                    height={(38 * day.active_seconds) / most + 2}
                  />
                </svg>
                <span className={classes.day} aria-hidden="true">
                  {formatWeekday(day.day)}
                </span>
              </li>
            ))}
          </ol>
        </div>
      )}
    </Section>
  );
}
