/** Everything that the two kinds of work have in common: draft, clock, hold, submission, and the way to the next task. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Assignment, Submitted } from '@/api/types';
import { assignmentQuery, homeQuery, nextTask } from '@/api/work';
import { paths } from '@/app/paths';
import { useUser } from '@/app/session';
import type { ActiveClock } from './activeClock';
import { keptForm, readActiveSeconds } from './form';
import { Journal } from './journal';
import { rememberSubmission } from './lastSubmission';
import { useActiveClock } from './useActiveClock';
import { useDraft, type Draft } from './useDraft';
import { useHeartbeat } from './useHeartbeat';
import { useSubmission, type Submission } from './useSubmission';

const LOAD_AHEAD_AFTER_MS = 1500;

export interface Work<Form> {
  assignment: Assignment;
  draft: Draft<Form>;
  clock: ActiveClock;
  submission: Submission;
  /** The hold on the task has run out. */
  holdLost: boolean;
  /** Leaves this task (skipped, or given back) for the next one. */
  leave: () => void;
}

export function useWork<Form extends object>(assignment: Assignment, read: (draft: unknown) => Form): Work<Form> {
  const { id } = useUser();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [journal] = useState(() => new Journal(id));
  const clock = useActiveClock(readActiveSeconds(keptForm(assignment)));
  const draft = useDraft(assignment, journal, clock, read);
  const holdLost = useHeartbeat(assignment, clock);
  const { project, kind } = assignment;

  // The next task is asked for while this one is worked on, so that submitting leads straight into it.
  const [ahead, setAhead] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => {
      nextTask(project, kind, true)
        .then((next) => {
          if (!next) return;
          queries.setQueryData(assignmentQuery(next.id).queryKey, next);
          setAhead(next.id);
        })
        .catch(() => undefined); // It is asked for again when it is needed.
    }, LOAD_AHEAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, [project, kind, queries]);

  const goOn = useCallback(async (): Promise<void> => {
    void queries.invalidateQueries({ queryKey: homeQuery.queryKey });
    if (ahead) return void navigate(paths.work(ahead));
    try {
      const next = await nextTask(project, kind);
      if (next) queries.setQueryData(assignmentQuery(next.id).queryKey, next);
      void navigate(next ? paths.work(next.id) : paths.home());
    } catch {
      void navigate(paths.home());
    }
  }, [ahead, kind, navigate, project, queries]);

  const { keeper } = draft;
  const finish = useCallback((): void => {
    keeper.stop(true);
    void goOn();
  }, [keeper, goOn]);

  const onDone = useCallback(
    (answer: Submitted): void => {
      rememberSubmission(
        answer.undo_until
          ? { assignment: assignment.id, project, kind, excerpt: excerptOf(assignment), until: answer.undo_until }
          : null,
      );
      finish();
    },
    [assignment, finish, kind, project],
  );
  const submission = useSubmission(assignment.id, journal, onDone);
  return { assignment, draft, clock, submission, holdLost, leave: finish };
}

function excerptOf(assignment: Assignment): string {
  const text = assignment.prompt.messages.at(-1)?.content.replace(/\s+/g, ' ').trim() ?? '';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
