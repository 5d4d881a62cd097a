/** The labeler's side of the API. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { Assignment, Receipt, SkipReason, SubmissionBody, TaskKind } from './types';

export const homeQuery = queryOptions({ queryKey: ['home'], queryFn: () => answer(api.GET('/api/v1/home')) });

export function fetchAssignment(id: string): Promise<Assignment> {
  return answer(api.GET('/api/v1/assignments/{assignment_id}', { params: { path: { assignment_id: id } } }));
}

export const assignmentQuery = (id: string) =>
  queryOptions({
    queryKey: ['assignment', id],
    queryFn: () => fetchAssignment(id),
    // The form keeps its own state once it is open; a refetch beneath it would only be thrown away.
    staleTime: Infinity,
    refetchOnReconnect: false,
    refetchOnWindowFocus: false,
  });

export const revisionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['revisions', id],
    queryFn: () =>
      answer(
        api.GET('/api/v1/assignments/{assignment_id}/revisions', { params: { path: { assignment_id: id } } }),
      ),
    staleTime: 0,
  });

export const guidelinesQuery = (project: string, kind: TaskKind) =>
  queryOptions({
    queryKey: ['guidelines', project, kind],
    queryFn: () =>
      answer(
        api.GET('/api/v1/projects/{project_id}/guidelines', {
          params: { path: { project_id: project }, query: { kind } },
        }),
      ),
  });

export async function acknowledgeGuideline(id: string): Promise<void> {
  await answer(api.POST('/api/v1/guidelines/{guideline_id}/acknowledge', { params: { path: { guideline_id: id } } }));
}

/** Undefined where nothing is left to do. */
export function nextTask(project: string, kind?: TaskKind, ahead = false): Promise<Assignment | undefined> {
  return answer(
    api.POST('/api/v1/projects/{project_id}/tasks/next', {
      params: { path: { project_id: project } },
      body: { kind, ahead },
    }),
  );
}

/** Says what each output says; the answer has the prompt, which is shown from then on. */
export function sendInterpretations(id: string, interpretations: Record<string, string>): Promise<Assignment> {
  return answer(
    api.POST('/api/v1/assignments/{assignment_id}/interpret', {
      params: { path: { assignment_id: id } },
      body: { interpretations },
    }),
  );
}

/** `keepalive` lets the request outlive the page. */
export function saveDraft(
  id: string,
  revision: number,
  draft: Record<string, unknown>,
  keepalive = false,
): Promise<{ draft_revision: number }> {
  return answer(
    api.PUT('/api/v1/assignments/{assignment_id}/draft', {
      params: { path: { assignment_id: id } },
      body: { revision, draft },
      keepalive,
    }),
  );
}

export function heartbeat(id: string, activeSeconds: number): Promise<{ lease_expires_at: string; server_time: string }> {
  return answer(
    api.POST('/api/v1/assignments/{assignment_id}/heartbeat', {
      params: { path: { assignment_id: id } },
      body: { active_seconds: activeSeconds },
    }),
  );
}

export function submitAssignment(id: string, body: SubmissionBody): Promise<Receipt> {
  return answer(
    api.POST('/api/v1/assignments/{assignment_id}/submit', { params: { path: { assignment_id: id } }, body }),
  );
}

export async function skipAssignment(
  id: string,
  body: { reason: SkipReason; note: string; active_seconds: number },
): Promise<void> {
  await answer(
    api.POST('/api/v1/assignments/{assignment_id}/skip', {
      params: { path: { assignment_id: id } },
      body,
    }),
  );
}

export function undoSubmission(id: string): Promise<Assignment> {
  return answer(api.POST('/api/v1/assignments/{assignment_id}/undo', { params: { path: { assignment_id: id } } }));
}
