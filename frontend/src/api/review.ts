/** What a researcher decides about finished work. */
import { post } from './client';
import type { Batch } from './collection';
import type { Schema } from './schemas';

export function acceptBatch(id: string, note: string): Promise<Batch> {
  return post(`/batches/${id}/accept`, { note });
}

/** Returns the whole batch, or the judgments named of it. */
export function returnBatch(id: string, reasons: string, judgments?: string[]): Promise<Batch> {
  return post(`/batches/${id}/return`, { reasons, ...(judgments && { judgments }) });
}

export function withdrawAcceptance(id: string, note: string): Promise<Batch> {
  return post(`/batches/${id}/withdraw-acceptance`, { note });
}

export function reopenTask(id: string): Promise<void> {
  return post(`/tasks/${id}/reopen`);
}

export function withdrawTask(id: string): Promise<void> {
  return post(`/tasks/${id}/withdraw`);
}

export function closeBatch(id: string): Promise<Batch> {
  return post(`/batches/${id}/close`);
}

export function withdrawBatch(id: string, reason: string): Promise<Batch> {
  return post(`/batches/${id}/withdraw`, { reason });
}

export function reopenBatch(id: string): Promise<Batch> {
  return post(`/batches/${id}/reopen`);
}

export type Decision = Schema<'VerdictRequestDecisionEnum'>;

export function judgeJudgment(id: string, decision: Decision, reasons: string): Promise<Schema<'Verdict'>> {
  return post(`/judgments/${id}/verdict`, { decision, reasons });
}
