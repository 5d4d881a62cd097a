/** Keeps the hold on a task while somebody works on it; lets it go when nobody does. */
import { useEffect, useState } from 'react';
import { ApiError } from '@/api/errors';
import { heartbeat } from '@/api/work';
import type { Schema } from '@/api/schemas';
import type { Assignment } from '@/api/types';
import type { ActiveClock } from './activeClock';
import { noteServerTime, serverNow } from './serverClock';

type TakenBack = Schema<'TakenBackEnum'>;

/** After five minutes without input the hold is no longer renewed. */
const GIVE_UP_AFTER_MS = 5 * 60_000;

/** How a hold ended: it ran out, and a submission counts if the task is still free; or a researcher ended it. */
export type HoldLost = 'left' | TakenBack;

/** Null while the task is held. The draft is kept however the hold ends. */
export function useHeartbeat(assignment: Assignment, clock: ActiveClock): HoldLost | null {
  // What is submitted is held by nobody: correcting it needs no lease.
  const held = assignment.state !== 'submitted';
  const [lost, setLost] = useState<HoldLost | null>(assignment.state === 'expired' ? 'left' : null);
  useEffect(() => {
    if (!held) return undefined;
    noteServerTime(assignment.server_time);
    let expires = Date.parse(assignment.lease_expires_at ?? '') || Infinity;
    const lease = Number.isFinite(expires) ? expires - Date.parse(assignment.server_time) : 15 * 60_000;
    const every = Math.min(Math.max(lease / 3, 10_000), 60_000);
    const beat = async (): Promise<void> => {
      if (clock.idleFor() > GIVE_UP_AFTER_MS) {
        if (serverNow() > expires) setLost((before) => before ?? 'left');
        return;
      }
      try {
        const answer = await heartbeat(assignment.id, clock.seconds());
        noteServerTime(answer.server_time);
        expires = Date.parse(answer.lease_expires_at ?? '') || Infinity;
        setLost(null);
      } catch (error) {
        // A conflict: the hold has ended. A lost connection is shown elsewhere, and tried again at the next beat.
        if (error instanceof ApiError && error.status === 409) {
          setLost((error.body.taken_back as TakenBack | '') || 'left');
        }
      }
    };
    const timer = setInterval(() => void beat(), every);
    return () => clearInterval(timer);
  }, [held, assignment.id, assignment.lease_expires_at, assignment.server_time, clock]);
  return lost;
}
