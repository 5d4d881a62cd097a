/** What was submitted last and can still be taken back. Kept for the tab, so that a reload does not take the chance away. */
import { Store } from '@/app/store';
import type { TaskKind } from '@/api/types';

export interface LastSubmission {
  assignment: string;
  project: string;
  kind: TaskKind;
  /** The prompt's first words, to tell which one it was. */
  excerpt: string;
  until: string;
}

const STORED = 'concord.lastSubmission';

function stored(): LastSubmission | null {
  try {
    return JSON.parse(sessionStorage.getItem(STORED) ?? 'null') as LastSubmission | null;
  } catch {
    return null;
  }
}

export const lastSubmission = new Store<LastSubmission | null>(stored());

export function rememberSubmission(submission: LastSubmission | null): void {
  if (submission) sessionStorage.setItem(STORED, JSON.stringify(submission));
  else sessionStorage.removeItem(STORED);
  lastSubmission.set(submission);
}
