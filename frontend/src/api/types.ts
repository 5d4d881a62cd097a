/** What the API sends and takes, one name for each shape. */

export type Role = 'labeler' | 'researcher' | 'admin';
export type TaskKind = 'demonstration' | 'comparison';
export type Pool = 'training' | 'held_out' | 'researcher';

export interface Page<T> {
  results: T[];
  next: string | null;
}

export interface User {
  id: string;
  username: string;
  role: Role;
  is_active: boolean;
  created_at: string;
}

export interface OpenInvitation {
  role: Role;
  username: string | null;
  expires_at: string;
}

export interface Health {
  status: 'ok' | 'degraded';
  database: boolean;
  broker: boolean;
  workers: number;
}

export interface AssignmentBrief {
  id: string;
  kind: TaskKind;
  state: AssignmentState;
}

export interface HomeProject {
  id: string;
  name: string;
  purpose: 'training' | 'evaluation';
  paused: boolean;
  waiting: Record<TaskKind, number>;
  in_progress: AssignmentBrief | null;
  returned: number;
  guidelines_to_acknowledge: string[];
}

export interface Home {
  projects: HomeProject[];
  week: {
    items: number;
    active_seconds: number;
    by_day: { day: string; items: number; active_seconds: number }[];
  };
}

export interface Guideline {
  id: string;
  kind: TaskKind;
  version: number;
  text: string;
  created_at: string;
  acknowledged: boolean;
}

export interface Flag {
  key: string;
  label: string;
  help?: string;
}

export interface Message {
  role: string;
  content: string;
}

export type AssignmentState =
  | 'current'
  | 'ahead'
  | 'submitted'
  | 'returned'
  | 'skipped'
  | 'released'
  | 'expired'
  | 'rejected';

export type SkipReason = 'unclear' | 'beyond_knowledge' | 'personal_data' | 'harmful' | 'broken' | 'other';

export interface BlindCandidate {
  id: string;
  text: string;
}

export interface Assignment {
  id: string;
  project: string;
  kind: TaskKind;
  state: AssignmentState;
  lease_expires_at: string | null;
  undo_until: string | null;
  server_time: string;
  /** The form as it was last kept; null parts where nothing was kept. Its shape is the front end's own: see work/. */
  draft: unknown;
  draft_revision: number;
  prompt: { messages: Message[]; use_case: string };
  /** In the order shown; empty for a demonstration. */
  candidates: BlindCandidate[];
  guideline: { id: string; version: number; text: string } | null;
  rubric: { id: string; version: number; content: { output_flags: Flag[]; prompt_flags: Flag[] } } | null;
  returned: { reasons: string; at: string } | null;
  submitted: unknown;
  queue_left: number;
}

export interface RatingBody {
  candidate: string;
  overall: number;
  flags: Record<string, boolean>;
  note: string;
}

export interface SubmissionBody {
  submission_id: string;
  active_seconds: number;
  prompt_flags: Record<string, boolean>;
  response?: string;
  ratings?: RatingBody[];
  ranking?: string[][];
}

/** A line of one's own history. */
export interface HistoryLine extends AssignmentBrief {
  project: string;
  project_name: string;
  /** How the prompt begins. */
  title: string;
  created_at: string;
  submitted_at: string | null;
  undo_until: string | null;
  may_correct: boolean;
  active_seconds: number | null;
  returned: { reasons: string; at: string } | null;
}

export interface Submitted {
  assignment: string;
  judgment: string;
  state: AssignmentState;
  undo_until: string | null;
}
