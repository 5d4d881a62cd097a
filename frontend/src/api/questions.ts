/** Questions on items: asked beside the work, answered by researchers, found where they were published. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import type { Schema } from './schemas';
import type { TaskKind } from './types';

export type QuestionLine = Schema<'QuestionLine'>;
export type AskedLine = Schema<'AskedLine'>;
export type Thread = Schema<'Thread'>;
export type PublishedAnswer = Schema<'PublishedAnswer'>;
type Message = Schema<'NewMessageRequest'>;

export const threadQuery = (id: string) =>
  queryOptions({
    queryKey: ['question', id],
    queryFn: () => answer(api.GET('/api/v1/questions/{question_id}', { params: { path: { question_id: id } } })),
  });

export const questionsOnQuery = (assignment: string) =>
  queryOptions({
    queryKey: ['questions', 'on', assignment],
    queryFn: () => answer(api.GET('/api/v1/questions', { params: { query: { assignment } } })),
  });

export const waitingQuestionsQuery = (project: string) =>
  queryOptions({
    queryKey: ['questions', 'waiting', project],
    queryFn: () =>
      answer(
        api.GET('/api/v1/projects/{project_id}/questions', {
          params: { path: { project_id: project }, query: { waiting: true } },
        }),
      ),
    refetchInterval: 30_000,
  });

export const answersQuery = (project: string, kind: TaskKind, search: string) =>
  queryOptions({
    queryKey: ['answers', project, kind, search],
    queryFn: () =>
      answer(
        api.GET('/api/v1/projects/{project_id}/answers', {
          params: { path: { project_id: project }, query: { kind, search } },
        }),
      ),
    placeholderData: (before) => before,
  });

export function askQuestion(assignment: string, body: Message): Promise<Thread> {
  return answer(
    api.POST('/api/v1/assignments/{assignment_id}/questions', { params: { path: { assignment_id: assignment } }, body }),
  );
}

export function writeMessage(question: string, body: Message): Promise<Thread> {
  return answer(
    api.POST('/api/v1/questions/{question_id}/messages', { params: { path: { question_id: question } }, body }),
  );
}

export async function markRead(question: string): Promise<void> {
  await answer(api.POST('/api/v1/questions/{question_id}/read', { params: { path: { question_id: question } } }));
}

export function publishAnswer(question: string, body: Schema<'PublicationRequest'>): Promise<Thread> {
  return answer(
    api.PUT('/api/v1/questions/{question_id}/publication', { params: { path: { question_id: question } }, body }),
  );
}

export async function withdrawAnswer(question: string): Promise<void> {
  await answer(
    api.DELETE('/api/v1/questions/{question_id}/publication', { params: { path: { question_id: question } } }),
  );
}

export function promoteAnswer(question: string, body: Schema<'PromotionRequest'>): Promise<Schema<'Guideline'>> {
  return answer(
    api.POST('/api/v1/questions/{question_id}/promote', { params: { path: { question_id: question } }, body }),
  );
}
