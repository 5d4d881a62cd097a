/** Whether this tab works on a project's mix of kinds, or on one kind: the next task is asked for accordingly. */
import type { TaskKind } from '@/api/types';

const KEY = 'concord.mix';

export function workOnMix(project: string, on: boolean): void {
  try {
    if (on) sessionStorage.setItem(KEY, project);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Without storage one goes on with the kind at hand.
  }
}

/** What to ask the next task of this project for: nothing in particular on the mix, else the kind at hand. */
export function nextKind(project: string, atHand: TaskKind): TaskKind | undefined {
  try {
    return sessionStorage.getItem(KEY) === project ? undefined : atHand;
  } catch {
    return atHand;
  }
}
