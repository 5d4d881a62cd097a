/** Who holds a task, and giving it to somebody else. */
import { queryOptions } from '@tanstack/react-query';
import { get, post } from './client';
import type { Schema } from './schemas';

export type Holds = Schema<'Holds'>;
export type Hold = Schema<'Hold'>;

export function holdsQuery(task: string) {
  return queryOptions({
    queryKey: ['task', task, 'holds'],
    queryFn: ({ signal }) => get<Holds>(`/tasks/${task}/holds`, {}, signal),
  });
}

/** `to` is a membership's id; null gives the task back to all others. */
export function reassign(assignment: string, to: string | null): Promise<Holds> {
  return post(`/assignments/${assignment}/reassign`, { to });
}
