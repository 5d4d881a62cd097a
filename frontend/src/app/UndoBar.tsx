/** Where something was submitted within the last minute: the bar that takes it back, loaded with the first submission. */
import { lazy, Suspense, type ReactNode } from 'react';
import { lastSubmission } from '@/work/lastSubmission';
import { useStore } from './store';

const LastSubmissionBar = lazy(async () => ({ default: (await import('./LastSubmissionBar')).LastSubmissionBar }));

export function UndoBar(): ReactNode {
  const last = useStore(lastSubmission);
  if (!last) return null;
  return (
    <Suspense>
      <LastSubmissionBar key={last.assignment + last.until} last={last} />
    </Suspense>
  );
}
