/** The signed-in person, for everything below the sign-in wall. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, type ReactNode } from 'react';
import { Navigate, useLocation } from 'react-router';
import { sessionQuery, signOut } from '@/api/session';
import type { User } from '@/api/types';
import { ErrorState, LoadingState } from '@/components/states';
import { paths } from './paths';
import { sessionBegan, signedOutByChoice } from './sessionEvents';

const SessionContext = createContext<User | null>(null);

/** Shows its children to somebody who is signed in, and leads others to the sign-in page and back. */
export function RequireSession({ children }: { children: ReactNode }): ReactNode {
  const { data: user, error, refetch } = useQuery(sessionQuery);
  const location = useLocation();
  useEffect(() => {
    if (user) sessionBegan();
  }, [user]);
  if (error && user === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (user === undefined) return <LoadingState />;
  if (user === null) {
    return <Navigate to={paths.signIn()} state={{ from: location.pathname + location.search }} replace />;
  }
  return <SessionContext value={user}>{children}</SessionContext>;
}

export function useUser(): User {
  const user = use(SessionContext);
  if (!user) throw new Error('useUser is for pages behind RequireSession');
  return user;
}

/** Ends the session here and on the server. */
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await signOut();
    signedOutByChoice();
    // The session first: who watches it leaves the page, and only then goes what the page showed.
    queries.setQueryData(sessionQuery.queryKey, null);
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionQuery.queryKey[0] });
  };
}
