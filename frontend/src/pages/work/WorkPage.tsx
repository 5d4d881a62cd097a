/** One task of a labeler: loads it, and shows the form of its kind. */
import { Button, Group } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type { Assignment } from '@/api/types';
import { assignmentQuery, nextTask } from '@/api/work';
import { paths } from '@/app/paths';
import { Page } from '@/components/Page';
import { ErrorState, LoadingState, Notice } from '@/components/states';
import { isStatus } from '@/api/errors';
import { NotFoundPage } from '@/pages/NotFound';
import { useStore } from '@/app/store';
import { lastSubmission } from '@/work/lastSubmission';
import { rememberShown, wasShown } from '@/work/warned';

// Each kind of work is loaded with its first task.
const Comparison = lazy(async () => ({ default: (await import('./Comparison')).Comparison }));
const Interpretation = lazy(async () => ({ default: (await import('./Interpretation')).Interpretation }));
const Demonstration = lazy(async () => ({ default: (await import('./Demonstration')).Demonstration }));
const Writing = lazy(async () => ({ default: (await import('./Writing')).Writing }));
const SensitiveWarning = lazy(async () => ({ default: (await import('./SensitiveWarning')).SensitiveWarning }));

const CalibrationFeedback = lazy(async () => ({
  default: (await import('./CalibrationFeedback')).CalibrationFeedback,
}));

export function WorkPage(): ReactNode {
  const { assignment } = useParams();
  return assignment ? <Loader key={assignment} id={assignment} /> : <NotFoundPage />;
}

function Loader({ id }: { id: string }): ReactNode {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const correcting = useSearchParams()[0].has('correct');
  const query = useQuery(assignmentQuery(id));
  // Once open, the form has the word: a refetch beneath it changes nothing that was typed.
  const [opened, setOpened] = useState(false);
  const [shown, setShown] = useState(() => wasShown(id));
  if (!opened && query.data && !query.isFetching) setOpened(true);

  // When it is left, the kept answer is out of date: opened again, the task is asked for anew.
  useEffect(
    () => () => void queries.invalidateQueries({ queryKey: assignmentQuery(id).queryKey, refetchType: 'none' }),
    [queries, id],
  );

  // A task that was held ahead becomes the current one as it is opened.
  const ahead = query.data?.state === 'ahead' ? query.data : null;
  const project = ahead?.project;
  const kind = ahead?.kind;
  useEffect(() => {
    if (!project) return;
    nextTask(project, kind)
      .then((current) => {
        if (!current) return;
        queries.setQueryData(assignmentQuery(current.id).queryKey, (old) => (old ? { ...old, ...holdOf(current) } : current));
        // Something came back in the meantime, and goes first.
        if (current.id !== id) void navigate(paths.work(current.id), { replace: true });
      })
      .catch(() => undefined); // Without a connection the task is worked on all the same; saving it makes the hold known.
  }, [project, kind, id, queries, navigate]);

  if (!opened || !query.data) {
    if (isStatus(query.error, 404)) return <NotFoundPage />;
    if (query.error) return <Page title=""><ErrorState error={query.error} onRetry={() => void query.refetch()} /></Page>;
    return <LoadingPage />;
  }
  const { state, may_correct } = query.data;
  const correction = correcting && state === 'submitted' && may_correct;
  if (state === 'submitted' && query.data.stage === 'calibration') {
    return (
      <Suspense fallback={<LoadingPage />}>
        <CalibrationFeedback assignment={query.data} />
      </Suspense>
    );
  }
  if (!correction && (state === 'submitted' || state === 'skipped' || state === 'released' || state === 'rejected')) {
    return <Finished assignment={query.data} />;
  }
  if (query.data.prompt.sensitive.length > 0 && state !== 'submitted' && !shown) {
    const show = (): void => {
      rememberShown(id);
      setShown(true);
    };
    return (
      <Suspense fallback={<LoadingPage />}>
        <SensitiveWarning assignment={query.data} onShow={show} />
      </Suspense>
    );
  }
  return (
    <Suspense fallback={<LoadingPage />}>
      <WorkForm assignment={query.data} />
    </Suspense>
  );
}

/** The form of a task, by its kind. */
export function WorkForm({ assignment }: { assignment: Assignment }): ReactNode {
  const { brief, kind, prompt } = assignment;
  if (brief) return <Writing assignment={assignment} brief={brief} />;
  const Form = !prompt.messages ? Interpretation : kind === 'demonstration' ? Demonstration : Comparison;
  return <Form assignment={assignment} />;
}

/** What changes when a task is held anew; the draft stays what the open form has. */
function holdOf(assignment: Assignment): Partial<Assignment> {
  const { state, lease_expires_at, server_time, queue_left } = assignment;
  return { state, lease_expires_at, server_time, queue_left };
}

function LoadingPage(): ReactNode {
  const { t } = useTranslation('work');
  return (
    <Page title={t('loading')}>
      <LoadingState />
    </Page>
  );
}

/** A task that is no longer open to its labeler: what became of it, and where to go. */
function Finished({ assignment }: { assignment: Assignment }): ReactNode {
  const { t } = useTranslation('work');
  const { t: common } = useTranslation();
  const last = useStore(lastSubmission);
  return (
    <Page title={common(`kind.${assignment.kind}`)}>
      <Notice tone={assignment.state === 'submitted' ? 'good' : 'info'}>
        {t(`finished.${assignment.taken_back || (assignment.state as 'submitted' | 'skipped' | 'released' | 'rejected')}`)}{' '}
        {last?.assignment === assignment.id && t('finished.undo')}
      </Notice>
      <Group mt="md">
        {assignment.state === 'submitted' && (
          <Button component={Link} to={paths.submission(assignment.id)} variant="default">
            {t('finished.read')}
          </Button>
        )}
        <Button component={Link} to={paths.home()}>
          {t('finished.home')}
        </Button>
      </Group>
    </Page>
  );
}
