/** The table of routes: an address, who may open it, and the page, which is loaded when it is first opened. */
import type { ReactNode } from 'react';
import { createBrowserRouter, Navigate, Outlet, type RouteObject } from 'react-router';
import { LoadingState } from '@/components/states';
import { AccountPage } from '@/pages/Account';
import { CrashPage } from '@/pages/Crash';
import { ForbiddenPage } from '@/pages/Forbidden';
import { HomePage } from '@/pages/Home';
import { JoinPage } from '@/pages/Join';
import { NotFoundPage } from '@/pages/NotFound';
import { SignInPage } from '@/pages/SignIn';
import { mayOpen, startOfRole, type Area } from './roles';
import { RequireSession, useUser } from './session';
import { Shell } from './Shell';

function Allowed({ area }: { area: Area }): ReactNode {
  return mayOpen(useUser().role, area) ? <Outlet /> : <ForbiddenPage />;
}

function Start(): ReactNode {
  const { role } = useUser();
  return role === 'admin' ? <Navigate to={startOfRole(role)} replace /> : <HomePage />;
}

/** The labelers' pages, in pages/work. */
const work: RouteObject[] = [
  { path: 'work/:assignment', lazy: async () => ({ Component: (await import('@/pages/work/WorkPage')).WorkPage }) },
  { path: 'history', lazy: async () => ({ Component: (await import('@/pages/work/HistoryPage')).HistoryPage }) },
  {
    path: 'projects/:project/guidelines/:kind',
    lazy: async () => ({ Component: (await import('@/pages/work/GuidelinePage')).GuidelinePage }),
  },
];

/** The researchers' pages, in pages/research. */
const research: RouteObject[] = [];

/** The admins' pages, in pages/admin. */
const admin: RouteObject[] = [];

export const routes: RouteObject[] = [
  { path: '/sign-in', Component: SignInPage, errorElement: <CrashPage /> },
  { path: '/join', Component: JoinPage, errorElement: <CrashPage /> },
  {
    path: '/',
    element: (
      <RequireSession>
        <Shell />
      </RequireSession>
    ),
    errorElement: <CrashPage />,
    hydrateFallbackElement: <LoadingState />,
    children: [
      {
        // A page that fails leaves the bar in place.
        errorElement: <CrashPage />,
        children: [
          { index: true, Component: Start },
          { path: 'account', Component: AccountPage },
          { element: <Allowed area="work" />, children: work },
          { element: <Allowed area="research" />, children: research },
          { element: <Allowed area="admin" />, children: admin },
          { path: '*', Component: NotFoundPage },
        ],
      },
    ],
  },
];

export const makeRouter = (): ReturnType<typeof createBrowserRouter> => createBrowserRouter(routes);
