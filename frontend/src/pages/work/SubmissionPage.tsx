/** One of my own submissions, to read again: what I answered, what I answered before, and the way to correct it. */
import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { isStatus } from '@/api/errors';
import type { Assignment, Revision } from '@/api/types';
import { assignmentQuery, revisionsQuery } from '@/api/work';
import { formatDuration, formatTime } from '@/app/format';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { Key } from '@/components/Key';
import { Markdown } from '@/components/Markdown';
import { Page, Section } from '@/components/Page';
import { ErrorState, LoadingState, Notice } from '@/components/states';
import { NotFoundPage } from '@/pages/NotFound';
import { OPEN_STATES } from './openStates';
import classes from './SubmissionPage.module.css';
import { SubmittedComparison } from './SubmittedComparison';
import { SubmittedText } from './SubmittedText';
import { WritingBrief } from './WritingBrief';
import { WrittenText } from './WrittenText';

/** Of most submissions there is none, so that its table is loaded where it may be shown. */
const ReferenceBeside = lazy(() => import('./ReferenceBeside'));
const ANSWERED: ReadonlySet<Assignment['state']> = new Set(['submitted', 'rejected']);

export function SubmissionPage(): ReactNode {
  const { t } = useTranslation('beside');
  const { assignment: id = '' } = useParams();
  const assignment = useQuery({ ...assignmentQuery(id), staleTime: 0 });
  const revisions = useQuery(revisionsQuery(id));
  const error = assignment.error ?? revisions.error;
  if (isStatus(error, 404)) return <NotFoundPage />;
  return (
    <Page title={t('submission.title')} trail={[{ label: t('history.title'), to: paths.history() }]} wide>
      {error ? (
        <ErrorState error={error} onRetry={() => void Promise.all([assignment.refetch(), revisions.refetch()])} />
      ) : assignment.data && revisions.data ? (
        <Content assignment={assignment.data} revisions={revisions.data.results} />
      ) : (
        <LoadingState />
      )}
    </Page>
  );
}

function Content({ assignment, revisions }: { assignment: Assignment; revisions: readonly Revision[] }): ReactNode {
  const { t } = useTranslation('work');
  const { t: beside } = useTranslation('beside');
  const { t: common } = useTranslation();
  const navigate = useNavigate();
  const messages = assignment.prompt.messages ?? [];
  const answers = revisions.filter((revision) => revision.submitted !== null);
  const [chosen, setChosen] = useState<number | null>(null);
  const shown = answers.find((revision) => revision.revision === chosen) ?? answers[0];
  const before = shown && answers[answers.indexOf(shown) + 1];
  const correct = (): void => void navigate(paths.correct(assignment.id));
  useKeys([
    { keys: 'c', label: beside('submission.correct'), group: beside('submission.title'), run: correct, when: assignment.may_correct },
  ]);
  return (
    <>
      {assignment.returned && assignment.state === 'returned' && (
        <Notice tone="warn">
          <strong>{t('frame.returned', { when: formatTime(assignment.returned.at) })}</strong> {assignment.returned.reasons}
        </Notice>
      )}
      <Group gap="md" my="sm">
        {assignment.may_correct ? (
          <>
            <Button onClick={correct} rightSection={<Key keys="c" />}>
              {beside('submission.correct')}
            </Button>
            <span className={classes.quiet}>{beside('submission.mayCorrect')}</span>
          </>
        ) : assignment.state === 'submitted' ? (
          <span className={classes.quiet}>{beside('submission.inReview')}</span>
        ) : (
          OPEN_STATES.has(assignment.state) && (
            <Button component={Link} to={paths.work(assignment.id)} variant="default">
              {beside('submission.open')}
            </Button>
          )
        )}
      </Group>
      <div className={classes.sides}>
        <Section title={t('prompt.title')}>
          {assignment.brief && <WritingBrief brief={assignment.brief} hints={false} />}
          {messages.map((message, index) => (
            <div key={index} className={classes.message}>
              {messages.length > 1 && (
                <div className={classes.quiet}>{t(`prompt.role.${message.role}`)}</div>
              )}
              <Markdown text={message.content} />
            </div>
          ))}
        </Section>
        <Section title={beside(`submission.answer.${assignment.kind}`)}>
          {!shown?.submitted ? (
            <p className={classes.quiet}>{beside('submission.none')}</p>
          ) : assignment.kind === 'demonstration' ? (
            <SubmittedText text={shown.submitted.response ?? ''} before={before?.submitted?.response ?? null} />
          ) : assignment.kind === 'prompt' ? (
            <>
              <SubmittedText text={shown.submitted.text ?? ''} before={before?.submitted?.text ?? null} />
              <WrittenText text={null} pairs={shown.submitted.pairs ?? []} />
            </>
          ) : (
            <SubmittedComparison assignment={assignment} submitted={shown.submitted} />
          )}
        </Section>
      </div>
      {ANSWERED.has(assignment.state) && assignment.kind !== 'prompt' && (
        <Suspense fallback={null}>
          <ReferenceBeside assignment={assignment} />
        </Suspense>
      )}
      {revisions.length > 0 && (
        <Section title={beside('submission.revisions')}>
          <ol className={classes.revisions} reversed start={revisions[0]?.revision}>
            {revisions.map((revision) => (
              <li key={revision.revision}>
                {revision.submitted ? (
                  <button
                    type="button"
                    aria-pressed={revision === shown}
                    onClick={() => setChosen(revision.revision)}
                  >
                    {beside(`submission.action.${revision.action}`)}
                  </button>
                ) : (
                  <span>{beside(`submission.action.${revision.action}`)}</span>
                )}{' '}
                <span className={classes.quiet}>
                  {formatTime(revision.created_at)}
                  {revision.submitted && ` · ${formatDuration(revision.active_seconds)}`}
                  {revision.current && ` · ${beside('submission.current')}`}
                </span>
              </li>
            ))}
          </ol>
        </Section>
      )}
      <p className={classes.quiet}>
        {common(`kind.${assignment.kind}`)} · {t(`state.${assignment.state}`)}
      </p>
    </>
  );
}
