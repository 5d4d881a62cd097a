import type { AssignmentState } from '@/api/types';

/** In these states a task is its labeler's to work on. */
export const OPEN_STATES: ReadonlySet<AssignmentState> = new Set(['current', 'ahead', 'returned', 'expired']);
