/**
 * The frame of every task: in the bar where one is, how far, how long and whether it is saved; the prompt left, the
 * answer right, panels beside them; at the foot, always in the same place, what ends the task.
 */
import { Button, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useBarSlot } from '@/app/barSlot';
import { formatClock, formatTime } from '@/app/format';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { useStore } from '@/app/store';
import { Key } from '@/components/Key';
import { useDocumentTitle } from '@/components/Page';
import { ErrorText, Notice } from '@/components/states';
import type { ActiveClock } from '@/work/activeClock';
import { announce, announcement } from '@/work/announcer';
import type { SaveState } from '@/work/draftKeeper';
import type { Work } from '@/work/useWork';
import { ConflictPanel, type VersionView } from './ConflictPanel';
import { PromptPane, type PromptQuestions } from './PromptPane';
import classes from './WorkFrame.module.css';

// Panels are loaded when they are first opened: the page itself stays light.
// Skipping asks the server anyway, so its form may be asked for, too.
const SkipPanel = lazy(async () => ({ default: (await import('./SkipPanel')).SkipPanel }));
const GuidelinePanel = lazy(async () => ({ default: (await import('./GuidelinePanel')).GuidelinePanel }));
const QuestionPanel = lazy(async () => ({ default: (await import('@/pages/questions/QuestionPanel')).QuestionPanel }));

interface WorkFrameProps<Form> {
  work: Work<Form>;
  /** Says how far one is: "2 of 4 rated". */
  progress: string;
  /** What is asked about the prompt; null where the prompt is not shown yet. */
  prompt: PromptQuestions | null;
  /** What is to be written, in the prompt's place. */
  brief?: ReactNode;
  /** What the submission lacks; null when it is complete. */
  lacking: string | null;
  onSubmit: () => void;
  submitLabel?: string;
  conflict: VersionView<Form>;
  /** Between Skip and Submit: the way from page to page. */
  steps?: ReactNode;
  children: ReactNode;
}

export function WorkFrame<Form extends object>({
  work,
  progress,
  prompt,
  brief,
  lacking,
  onSubmit,
  submitLabel,
  conflict,
  steps,
  children,
}: WorkFrameProps<Form>): ReactNode {
  const { t } = useTranslation('work');
  const { t: common } = useTranslation();
  const { assignment, draft, submission, clock } = work;
  const [guidelineOpen, guideline] = useDisclosure(false);
  const [skipOpen, skip] = useDisclosure(false);
  const [questionOpen, question] = useDisclosure(false);
  const { phase } = submission.state;
  // Two versions are two answers: one of them is chosen before anything is submitted.
  const undecided = draft.others.length > 0;
  const submit = (): void => {
    if (undecided) announce(t('conflict.first'));
    else onSubmit();
  };
  const locked = phase === 'sending' || phase === 'waiting' || phase === 'done';
  const { kind } = assignment;
  useDocumentTitle(common(`kind.${kind}`));

  const state = work.preview ? 'lost' : draft.state;
  const bar = useMemo(
    () => (
      <>
        <span className={classes.where}>{common(`kind.${kind}`)}</span>
        <span className={classes.progress}>{progress}</span>
        <Clock clock={clock} />
        <SaveMark state={state} />
      </>
    ),
    [clock, common, kind, progress, state],
  );
  useBarSlot(bar);

  useKeys([
    { keys: 'mod+Enter', label: t('frame.submit'), group: t('frame.group'), run: submit, when: !locked },
    { keys: ['l', 'alt+l'], label: t('frame.guideline'), group: t('frame.group'), run: guideline.toggle },
    { keys: ['q', 'alt+q'], label: t('frame.question'), group: t('frame.group'), run: question.toggle, when: !work.preview },
    { keys: ['shift+s', 'alt+s'], label: t('frame.skip'), group: t('frame.group'), run: skip.toggle, when: !work.correcting },
  ]);

  return (
    <div className={classes.frame}>
      <h1 className="visually-hidden">{common(`kind.${kind}`)}</h1>
      <div className={classes.notices}>
        {assignment.returned && (
          <Notice tone="warn">
            <strong>{t('frame.returned', { when: formatTime(assignment.returned.at) })}</strong> {assignment.returned.reasons}
          </Notice>
        )}
        {work.correcting && (
          <Notice tone="info">
            {t('correct.about')} <Link to={paths.submission(assignment.id)}>{t('correct.leave')}</Link>
          </Notice>
        )}
        {work.holdLost && (
          <Notice tone="warn" role="status">
            {t(work.holdLost === 'left' ? 'frame.holdLost' : `frame.takenBack.${work.holdLost}`)}
          </Notice>
        )}
        {draft.others.length > 0 && <ConflictPanel draft={draft} view={conflict} />}
        {draft.state === 'refused' && (
          <Notice tone="bad" role="alert">
            {t('frame.draftRefused')} <ErrorText error={draft.error} />
          </Notice>
        )}
        {draft.state === 'lost' && <Notice tone="bad" role="alert">{t('frame.draftLost')}</Notice>}
        {phase === 'waiting' && (
          <Notice tone="warn" role="status">
            {t('frame.waiting')}{' '}
            <Button size="compact-xs" variant="default" onClick={submission.hold}>
              {t('frame.editAgain')}
            </Button>
          </Notice>
        )}
        {submission.state.phase === 'refused' && (
          <Notice tone="bad" role="alert">
            {/* What is wrong with a part stands beside that part. */}
            {t('frame.refused')} {submission.state.error.message}
          </Notice>
        )}
      </div>
      <div className={classes.panes} inert={locked} data-alone={prompt ? undefined : true}>
        {prompt && (
          <PromptPane
            assignment={assignment}
            brief={brief}
            {...prompt}
            error={submission.state.phase === 'refused' ? submission.state.error.fields.prompt_flags : undefined}
          />
        )}
        <div className={classes.answer}>{children}</div>
        <Suspense>
          {guidelineOpen && <GuidelinePanel assignment={assignment} onClose={guideline.close} />}
          {questionOpen && <QuestionPanel assignment={assignment.id} onClose={question.close} />}
        </Suspense>
      </div>
      {skipOpen && (
        <Suspense>
          <SkipPanel
            assignment={work.preview ? null : assignment.id}
            clock={work.clock}
            onClose={skip.close}
            onSkipped={work.leave}
          />
        </Suspense>
      )}
      <footer className={classes.foot}>
        <div className={classes.footSide}>
          {!work.correcting && (
            <Button variant="default" onClick={skip.toggle} aria-expanded={skipOpen} disabled={locked} rightSection={<Key keys="shift+s" />}>
              {t('frame.skip')}
            </Button>
          )}
          <UnstyledButton className={classes.guidelineButton} onClick={guideline.toggle} aria-expanded={guidelineOpen}>
            {t('frame.guideline')} <Key keys="l" />
          </UnstyledButton>
          <UnstyledButton className={classes.guidelineButton} onClick={question.toggle} aria-expanded={questionOpen} disabled={!!work.preview}>
            {t('frame.question')} <Key keys="q" />
          </UnstyledButton>
        </div>
        <div className={classes.steps}>{steps}</div>
        <div className={classes.footSide} data-end>
          {lacking && <span className={classes.lacking}>{lacking}</span>}
          <Button
            onClick={submit}
            variant={lacking ? 'default' : 'filled'}
            loading={phase === 'sending'}
            disabled={undecided || phase === 'waiting' || phase === 'done'}
            rightSection={<Key keys="mod+Enter" />}
          >
            {submitLabel ?? t(work.correcting ? 'correct.submit' : 'frame.submit')}
          </Button>
        </div>
      </footer>
      <Announcer />
    </div>
  );
}

function Clock({ clock }: { clock: ActiveClock }): ReactNode {
  const { t } = useTranslation('work');
  const [seconds, setSeconds] = useState(() => clock.seconds());
  useEffect(() => {
    const timer = setInterval(() => setSeconds(clock.seconds()), 1000);
    return () => clearInterval(timer);
  }, [clock]);
  return (
    <span className={classes.clock} title={t('frame.activeTime')}>
      <span className="visually-hidden">{t('frame.activeTime')}</span> {formatClock(seconds)}
    </span>
  );
}

function SaveMark({ state }: { state: SaveState }): ReactNode {
  const { t } = useTranslation('work');
  return (
    <span className={classes.saved} data-state={state}>
      {t(`saved.${state}`)}
    </span>
  );
}

function Announcer(): ReactNode {
  const { text, turn } = useStore(announcement);
  return (
    <div className="visually-hidden" aria-live="polite" key={turn % 2}>
      {text}
    </div>
  );
}
