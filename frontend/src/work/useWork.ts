/** Everything that the two kinds of work have in common: draft, clock, hold, submission, and the way to the next task. */
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Assignment, Receipt } from '@/api/types';
import { assignmentQuery, homeQuery, nextTask } from '@/api/work';
import { paths } from '@/app/paths';
import { useUser } from '@/app/session';
import type { ActiveClock } from './activeClock';
import { keptForm, readActiveSeconds } from './form';
import { Journal } from './journal';
import { rememberSubmission } from './lastSubmission';
import { nextKind } from './taskMix';
import { useActiveClock } from './useActiveClock';
import { useDraft, type Draft } from './useDraft';
import { useHeartbeat, type HoldLost } from './useHeartbeat';
import { useSubmission, type Submission } from './useSubmission';

const LOAD_AHEAD_AFTER_MS = 1500;

export interface Work<Form> {
  assignment: Assignment;
  draft: Draft<Form>;
  clock: ActiveClock;
  submission: Submission;
  /** It is submitted already: this answer takes the place of the one before. */
  correcting: boolean;
  /** The hold on the task has run out. */
  holdLost: HoldLost | null;
  /** Of nobody's task, which is only looked at: nothing is kept or sent, and what each output says is told here. */
  preview?: { interpret: (interpretations: Record<string, string>) => void };
  /** Leaves this task (skipped, or given back) for the next one. */
  leave: () => void;
}

/** Where work is kept and sent: at the server, unless a preview takes its place. */
export const WorkSource = createContext(useAssignedWork);

export function useWork<Form extends object>(assignment: Assignment, read: (draft: unknown) => Form): Work<Form> {
  return useContext(WorkSource)(assignment, read);
}

function useAssignedWork<Form extends object>(assignment: Assignment, read: (draft: unknown) => Form): Work<Form> {
  const { id } = useUser();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [journal] = useState(() => new Journal(id));
  const clock = useActiveClock(Math.max(readActiveSeconds(keptForm(assignment)), assignment.active_seconds));
  const draft = useDraft(assignment, journal, clock, read);
  const holdLost = useHeartbeat(assignment, clock);
  const correcting = assignment.state === 'submitted';
  const { project, kind, stage } = assignment;

  // The next task is asked for while this one is worked on, so that submitting leads straight into it.
  const [ahead, setAhead] = useState<string | null>(null);
  useEffect(() => {
    if (correcting) return undefined;
    const timer = setTimeout(() => {
      nextTask(project, nextKind(project, kind), true)
        .then((next) => {
          if (!next) return;
          queries.setQueryData(assignmentQuery(next.id).queryKey, next);
          setAhead(next.id);
        })
        .catch(() => undefined); // It is asked for again when it is needed.
    }, LOAD_AHEAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, [correcting, project, kind, queries]);

  const goOn = useCallback(async (): Promise<void> => {
    void queries.invalidateQueries({ queryKey: homeQuery.queryKey });
    if (correcting) {
      await navigate(paths.submission(assignment.id));
      return;
    }
    if (ahead) {
      await navigate(paths.work(ahead));
      return;
    }
    try {
      const next = await nextTask(project, nextKind(project, kind));
      if (next) queries.setQueryData(assignmentQuery(next.id).queryKey, next);
      // The next part of a screening is of another kind, and begins on its own page.
      const after = stage === 'screening' ? paths.screening(project) : paths.home();
      await navigate(next ? paths.work(next.id) : after);
    } catch {
      await navigate(paths.home());
    }
  }, [ahead, assignment.id, correcting, kind, navigate, project, queries, stage]);

  const { keeper } = draft;
  const leave = useCallback((): Promise<void> => {
    keeper.stop(true);
    return goOn();
  }, [keeper, goOn]);

  const onDone = useCallback(
    async (answer: Receipt): Promise<void> => {
      if (stage === 'calibration') {
        // The key is shown before one goes on; what was answered stays.
        keeper.stop(true);
        const { queryKey } = assignmentQuery(assignment.id);
        queries.setQueryData(queryKey, (old) => old && { ...old, state: answer.state });
        return;
      }
      await leave();
      // A correction is corrected again, and not undone: undoing takes the whole answer back.
      if (correcting) return;
      // Only now: an undo from this page, which is on its way out, would have no form to come back to.
      rememberSubmission(
        answer.undo_until
          ? { assignment: assignment.id, project, kind, excerpt: excerptOf(assignment), until: answer.undo_until }
          : null,
      );
    },
    [assignment, correcting, leave, kind, project, stage, keeper, queries],
  );
  const submission = useSubmission(assignment.id, journal, (answer) => void onDone(answer));
  return { assignment, draft, clock, submission, correcting, holdLost, leave: () => void leave() };
}

function excerptOf(assignment: Assignment): string {
  const words = assignment.prompt.messages?.at(-1)?.content ?? assignment.brief?.about ?? '';
  const text = words.replace(/\s+/g, ' ').trim();
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
