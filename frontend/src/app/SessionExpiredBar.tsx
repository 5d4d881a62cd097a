/** Asks to sign in again where a session has ended. Its form is loaded when it is needed: the server has just answered. */
import { lazy, Suspense, type ReactNode } from 'react';
import { sessionExpired } from './sessionEvents';
import { useStore } from './store';

const SignInAgain = lazy(async () => ({ default: (await import('./SignInAgain')).SignInAgain }));

export function SessionExpiredBar(): ReactNode {
  if (!useStore(sessionExpired)) return null;
  return (
    <Suspense>
      <SignInAgain />
    </Suspense>
  );
}
