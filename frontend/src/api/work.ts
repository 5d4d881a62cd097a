/** The labeler's side of the API. */
import { queryOptions } from '@tanstack/react-query';
import { get, post, put } from './client';
import type { Assignment, Guideline, Home, Page, SkipReason, SubmissionBody, Submitted, TaskKind } from './types';

export const homeQuery = queryOptions({ queryKey: ['home'], queryFn: () => get<Home>('/home') });

export const assignmentQuery = (id: string) =>
  queryOptions({
    queryKey: ['assignment', id],
    queryFn: () => get<Assignment>(`/assignments/${id}`),
    // The form keeps its own state once it is open; a refetch beneath it would only be thrown away.
    staleTime: Infinity,
    refetchOnReconnect: false,
    refetchOnWindowFocus: false,
  });

export const guidelinesQuery = (project: string, kind: TaskKind) =>
  queryOptions({
    queryKey: ['guidelines', project, kind],
    queryFn: () => get<Page<Guideline>>(`/projects/${project}/guidelines`, { kind }),
  });

export function acknowledgeGuideline(id: string): Promise<void> {
  return post(`/guidelines/${id}/acknowledge`);
}

/** Undefined where nothing is left to do. */
export function nextTask(project: string, kind?: TaskKind, ahead = false): Promise<Assignment | undefined> {
  return post<Assignment | undefined>(`/projects/${project}/tasks/next`, { ...(kind && { kind }), ahead });
}

export function saveDraft(
  id: string,
  revision: number,
  draft: unknown,
  keepalive = false,
): Promise<{ draft_revision: number }> {
  return put(`/assignments/${id}/draft`, { revision, draft }, keepalive);
}

export function heartbeat(id: string): Promise<{ lease_expires_at: string | null; server_time: string }> {
  return post(`/assignments/${id}/heartbeat`);
}

export function submitAssignment(id: string, body: SubmissionBody): Promise<Submitted> {
  return post(`/assignments/${id}/submit`, body);
}

export function skipAssignment(id: string, reason: SkipReason, note: string): Promise<void> {
  return post(`/assignments/${id}/skip`, { reason, note });
}

export function releaseAssignment(id: string): Promise<void> {
  return post(`/assignments/${id}/release`);
}

export function undoSubmission(id: string): Promise<Assignment> {
  return post(`/assignments/${id}/undo`);
}
