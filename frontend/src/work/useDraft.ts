/** A form's draft for React: the keeper of one assignment, tied to the page's life. */
import { useEffect, useState } from 'react';
import type { Assignment } from '@/api/types';
import { fetchAssignment, saveDraft } from '@/api/work';
import { connection } from '@/app/connection';
import { sessionExpired } from '@/app/sessionEvents';
import { useStore } from '@/app/store';
import type { ActiveClock } from './activeClock';
import { DraftKeeper, type KeeperState } from './draftKeeper';
import { keptForm } from './form';
import type { Journal } from './journal';

export interface Draft<Form> extends KeeperState<Form> {
  keeper: DraftKeeper<Form>;
}

export function useDraft<Form extends object>(
  assignment: Assignment,
  journal: Journal,
  clock: ActiveClock,
  read: (draft: unknown) => Form,
): Draft<Form> {
  const [keeper] = useState(
    () =>
      new DraftKeeper<Form>({
        assignment: assignment.id,
        draft: keptForm(assignment),
        revision: assignment.draft_revision,
        journal,
        read,
        write: (form) => ({ ...form, active_seconds: Math.round(clock.seconds() * 10) / 10 }),
        save: (revision, draft, keepalive) => saveDraft(assignment.id, revision, draft, keepalive),
      }),
  );

  useEffect(() => {
    keeper.start();
    const hidden = (): void => {
      if (document.visibilityState === 'hidden') keeper.flush(true);
      else void look();
    };
    // Another tab or device may have gone on with this task.
    const look = async (): Promise<void> => {
      if (keeper.state.get().state !== 'saved') return;
      const fresh = await fetchAssignment(assignment.id).catch(() => null);
      if (fresh) keeper.refresh(fresh.draft, fresh.draft_revision);
    };
    const leaving = (): void => keeper.flush(true);
    const back = (): void => {
      if (connection.online.get() && !sessionExpired.get()) keeper.flush();
    };
    document.addEventListener('visibilitychange', hidden);
    window.addEventListener('pagehide', leaving);
    const unsubscribe = [connection.online.subscribe(back), sessionExpired.subscribe(back)];
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      window.removeEventListener('pagehide', leaving);
      for (const end of unsubscribe) end();
      keeper.flush();
      keeper.stop(false);
    };
  }, [keeper, assignment.id]);

  return { ...useStore(keeper.state), keeper };
}
