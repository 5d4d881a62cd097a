/** The frame of every page behind the sign-in wall: a thin bar on top, what must be read below it, then the page. */
import { useEffect, useRef, useState, Suspense, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, Outlet, useLocation } from 'react-router';
import { Key } from '@/components/Key';
import { LoadingState } from '@/components/states';
import { AccountMenu } from './AccountMenu';
import { connection } from './connection';
import { CrashBoundary } from './CrashBoundary';
import { helpOpen, useKeys } from './keys';
import { KeyHelp } from './KeyHelp';
import { paths } from './paths';
import { navigationOfRole, startOfRole } from './roles';
import { useUser } from './session';
import { SessionExpiredBar } from './SessionExpiredBar';
import classes from './Shell.module.css';
import { barSlot } from './barSlot';
import { useStore } from './store';
import { UndoBar } from './UndoBar';

export function Shell(): ReactNode {
  const { t } = useTranslation();
  const user = useUser();
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const [menuOpen, setMenuOpen] = useState(false);
  const slot = useStore(barSlot);

  // A new page: its reader starts at its top, and a screen reader reads it rather than the link that led here. A page
  // that is for typing has its field focused by now.
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname]);

  useKeys([
    {
      keys: '?',
      label: t('keys.help'),
      group: t('keys.general'),
      run: () => helpOpen.set(!helpOpen.get()),
    },
  ]);

  return (
    <div className={classes.shell} data-work={slot ? true : undefined}>
      <a href="#content" className={classes.skip}>
        {t('skipLink')}
      </a>
      <header className={classes.bar}>
        <button
          type="button"
          className={classes.burger}
          onClick={() => setMenuOpen(!menuOpen)}
          aria-expanded={menuOpen}
          aria-label={t('nav.menu')}
        >
          <svg viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">
            <path d={menuOpen ? 'M3 3L15 15M15 3L3 15' : 'M2 4H16M2 9H16M2 14H16'} />
          </svg>
        </button>
        <Link to={startOfRole(user.role)} className={classes.brand}>
          <Mark />
          <span className={slot ? classes.brandName : undefined}>{t('product')}</span>
        </Link>
        {slot ? (
          <div className={classes.slot}>{slot}</div>
        ) : (
          <nav className={classes.nav} aria-label={t('nav.label')}>
            {navigationOfRole[user.role].map((item) => (
              <NavLink key={item.name} to={item.to} end={item.to === paths.home()}>
                {t(`nav.${item.name}`)}
              </NavLink>
            ))}
          </nav>
        )}
        <div className={classes.right}>
          <ConnectionState />
          <button
            type="button"
            className={classes.tool}
            onClick={() => helpOpen.set(!helpOpen.get())}
            aria-keyshortcuts="?"
            aria-label={t('keys.open')}
          >
            <span className={classes.wide}>{t('keys.open')}</span> <Key keys="?" />
          </button>
          <AccountMenu />
        </div>
      </header>
      {menuOpen && (
        <nav className={classes.drop} aria-label={t('nav.label')} onClick={() => setMenuOpen(false)}>
          {navigationOfRole[user.role].map((item) => (
            <NavLink key={item.name} to={item.to} end={item.to === paths.home()}>
              {t(`nav.${item.name}`)}
            </NavLink>
          ))}
        </nav>
      )}
      <SessionExpiredBar />
      <UndoBar />
      <div className={classes.body}>
        <main id="content" ref={main} tabIndex={-1} className={classes.main}>
          {/* A page that fails or is on its way leaves the bar in place. */}
          <CrashBoundary place={pathname}>
            <Suspense fallback={<LoadingState />}>
              <Outlet />
            </Suspense>
          </CrashBoundary>
        </main>
        <KeyHelp />
      </div>
    </div>
  );
}

function Mark(): ReactNode {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true" className={classes.mark}>
      <rect width="32" height="32" rx="7" />
      <path d="M8 22V16M16 22V9M24 22V13" />
    </svg>
  );
}

function ConnectionState(): ReactNode {
  const { t } = useTranslation();
  const online = useStore(connection.online);
  return (
    <span className={classes.connection} data-online={online} role="status" title={online ? undefined : t('connection.offlineHelp')}>
      <span className={classes.dot} aria-hidden="true" />
      <span className={online ? classes.connected : undefined}>{t(online ? 'connection.online' : 'connection.offline')}</span>
    </span>
  );
}
