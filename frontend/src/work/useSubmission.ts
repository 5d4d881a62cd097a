/**
 * Submitting: the body and its id are kept in the journal until the server has answered, so a retry, a reload or a
 * crash in between sends the very same submission, which the server stores once.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, NetworkError } from '@/api/errors';
import { submitAssignment } from '@/api/work';
import type { SubmissionBody, Receipt } from '@/api/types';
import { connection } from '@/app/connection';
import { sessionExpired } from '@/app/sessionEvents';
import { uuid } from '@/app/uuid';
import type { Journal } from './journal';

const RETRY_AFTER_MS = 5000;

export type SubmissionState =
  | { phase: 'idle' }
  | { phase: 'sending' }
  | { phase: 'waiting' } // no connection, or signed out: it is sent as soon as that changes
  | { phase: 'refused'; error: ApiError }
  | { phase: 'done' };

export interface Submission {
  state: SubmissionState;
  submit: (content: Omit<SubmissionBody, 'submission_id'>) => void;
  /** Takes a waiting submission back to edit it. */
  hold: () => void;
}

export function useSubmission(assignment: string, journal: Journal, onDone: (answer: Receipt) => void): Submission {
  const pending = useRef<SubmissionBody | null>(null);
  const [state, setState] = useState<SubmissionState>({ phase: 'idle' });
  const done = useRef(onDone);
  useEffect(() => {
    done.current = onDone;
  });

  const send = useCallback(async (): Promise<void> => {
    const body = pending.current;
    if (!body) return;
    setState({ phase: 'sending' });
    try {
      const answer = await submitAssignment(assignment, body);
      pending.current = null;
      journal.dropSubmission(assignment);
      setState({ phase: 'done' });
      done.current(answer);
    } catch (error) {
      // Taken back by `hold` while it was on its way: what the server made of it is seen at the next try.
      if (pending.current !== body) return;
      if (error instanceof ApiError && ![401, 429, 500].includes(error.status)) {
        pending.current = null;
        journal.dropSubmission(assignment);
        setState({ phase: 'refused', error });
      } else if (error instanceof ApiError || error instanceof NetworkError) {
        setState({ phase: 'waiting' });
      } else {
        throw error;
      }
    }
  }, [assignment, journal]);

  // A submission that a reload or a crash interrupted is finished first.
  useEffect(() => {
    const kept = journal.submission(assignment);
    if (!kept || pending.current) return;
    pending.current = kept.body as unknown as SubmissionBody;
    void send();
  }, [assignment, journal, send]);

  const waiting = state.phase === 'waiting';
  useEffect(() => {
    if (!waiting) return undefined;
    const again = (): void => {
      if (connection.online.get() && !sessionExpired.get()) void send();
    };
    const timer = setInterval(again, RETRY_AFTER_MS);
    const ends = [connection.online.subscribe(again), sessionExpired.subscribe(again)];
    return () => {
      clearInterval(timer);
      for (const end of ends) end();
    };
  }, [waiting, send]);

  const submit = (content: Omit<SubmissionBody, 'submission_id'>): void => {
    if (pending.current) return;
    pending.current = { submission_id: uuid(), ...content };
    journal.keepSubmission(assignment, { ...pending.current });
    void send();
  };

  const hold = (): void => {
    pending.current = null;
    journal.dropSubmission(assignment);
    setState({ phase: 'idle' });
  };

  return { state, submit, hold };
}
