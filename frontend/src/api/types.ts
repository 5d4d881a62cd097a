/** The shapes that labelers' pages and the shell use, by short names. All come from the generated schema. */
import type { Schema } from './schemas';

export interface Page<T> {
  results: T[];
  next: string | null;
}

export type Role = Schema<'RoleEnum'>;
export type TaskKind = Schema<'TaskKindEnum'>;
export type Pool = Schema<'PoolEnum'>;
export type User = Schema<'User'>;
export type OpenInvitation = Schema<'OpenInvitation'>;
export type Health = Schema<'Health'>;
export type Token = Schema<'Token'>;

export type Home = Schema<'Home'>;
export type HomeProject = Schema<'HomeProject'>;
export type Guideline = Schema<'Guideline'>;
export type Flag = Schema<'Flag'>;
export type Scale = Schema<'Scale'>;
export type RubricContent = Schema<'RubricContent'>;

export type Assignment = Schema<'Assignment'>;
export type AssignmentState = Schema<'AssignmentStateEnum'>;
export type BlindCandidate = Schema<'ShownCandidate'>;
/** What a prompt-writing task asks for, with hints. */
export type Brief = NonNullable<Assignment['brief']>;
/** A line of one's own history. */
export type HistoryLine = Schema<'AssignmentBrief'>;
export type SkipReason = Schema<'ReasonEnum'>;
export type SubmissionBody = Schema<'SubmissionRequest'>;
export type RatingBody = Schema<'SubmittedRatingRequest'>;
/** One of one's own answers to a task, or that it was taken back. */
export type Revision = Schema<'Revision'>;
export type Receipt = Schema<'Receipt'>;
