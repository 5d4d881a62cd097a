/** Work that is nobody's: a labeler's form for a task of a preview. What is written stays on the page and goes nowhere. */
import { createContext, useContext, useState } from 'react';
import type { Assignment } from '@/api/types';
import { useStore } from '@/app/store';
import { DraftKeeper } from '@/work/draftKeeper';
import { Journal } from '@/work/journal';
import { MemoryStore } from '@/work/memoryStore';
import { useActiveClock } from '@/work/useActiveClock';
import type { Work } from '@/work/useWork';

export interface PreviewDeeds {
  /** The answer is complete: a labeler's would be sent now. */
  onSubmit: () => void;
  onSkip: () => void;
  onInterpret: (interpretations: Record<string, string>) => void;
}

export const PreviewDeeds = createContext<PreviewDeeds>({
  onSubmit: () => undefined,
  onSkip: () => undefined,
  onInterpret: () => undefined,
});

export function usePreviewWork<Form extends object>(assignment: Assignment, read: (draft: unknown) => Form): Work<Form> {
  const { onSubmit, onSkip, onInterpret } = useContext(PreviewDeeds);
  const clock = useActiveClock(0);
  const [keeper] = useState(
    () =>
      new DraftKeeper<Form>({
        assignment: assignment.id,
        draft: {},
        revision: 0,
        journal: new Journal('preview', new MemoryStore()),
        read,
        write: (form) => ({ ...form, active_seconds: clock.seconds() }),
        save: (revision) => Promise.resolve({ draft_revision: revision + 1 }),
      }),
  );
  const state = useStore(keeper.state);
  return {
    assignment,
    draft: { ...state, keeper },
    clock,
    submission: { state: { phase: 'idle' }, submit: onSubmit, hold: () => undefined },
    correcting: false,
    holdLost: null,
    preview: { interpret: onInterpret },
    leave: onSkip,
  };
}
