/** The shapes of the API by their names in the generated schema: Schema<'Batch'>. */
import type { components } from './schema';

export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

export const POOLS: readonly Schema<'PoolEnum'>[] = ['training', 'held_out', 'researcher'];
export const SPLITS: readonly Schema<'SplitEnum'>[] = ['train', 'valid', 'test'];
export const USE_CASES: readonly Schema<'UseCaseEnum'>[] = [
  'generation', 'open_qa', 'brainstorming', 'chat', 'rewrite',
  'summarization', 'classification', 'closed_qa', 'extract', 'other',
];
export const BATCH_STATUSES: readonly Schema<'BatchStatusEnum'>[] = ['in_review', 'open', 'returned', 'accepted', 'withdrawn'];
export const TASK_KINDS: readonly Schema<'TaskKindEnum'>[] = ['demonstration', 'comparison', 'prompt'];
/** What a prompt-writing task asks for. */
export const WRITING_SORTS: readonly Schema<'WritingSortEnum'>[] = ['plain', 'few_shot', 'user_based', 'anonymize'];
export const TASK_PURPOSES: readonly Schema<'TaskPurposeEnum'>[] = [
  'work', 'gold', 'constant', 'calibration', 'screening',
];
export const SNAPSHOT_KINDS: readonly Schema<'SnapshotKindEnum'>[] = ['demonstrations', 'comparisons', 'prompts'];
export const RUN_KINDS: readonly Schema<'RunKindEnum'>[] = ['pretrain', 'sft', 'rm', 'ppo', 'sample', 'evaluate', 'score'];
export const RUN_STATUSES: readonly Schema<'RunStatusEnum'>[] = [
  'waiting', 'queued', 'running', 'stopping', 'cancelled', 'halted', 'failed', 'done',
];
export const MODEL_KINDS: readonly Schema<'ModelKindEnum'>[] = ['policy', 'reward', 'value', 'external'];
export const MODEL_STATUSES: readonly Schema<'ModelStatusEnum'>[] = ['candidate', 'promoted', 'retired'];
/** Reasons to look at a judgment, as the review desk names them. */
export const RISK_SIGNALS: readonly Schema<'RiskSignalEnum'>[] = [
  'too_fast', 'too_long', 'disagreement', 'contradiction', 'flags', 'personal_data', 'copied', 'all_same', 'came_back',
];
export const ROLES: readonly Schema<'RoleEnum'>[] = ['labeler', 'researcher', 'admin'];
