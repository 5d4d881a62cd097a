/** The frame of every page behind the sign-in wall: a thin bar on top, what must be read below it, then the page. */
import { Burger, Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import { chooseLanguage, languages } from '@/i18n';
import { Key } from '@/components/Key';
import { connection } from './connection';
import { helpOpen, useKeys } from './keys';
import { KeyHelp } from './KeyHelp';
import { paths } from './paths';
import { navigationOfRole, startOfRole } from './roles';
import { useSignOut, useUser } from './session';
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
  const [menuOpen, menu] = useDisclosure(false);
  const slot = useStore(barSlot);

  // A new page: its reader starts at its top, and a screen reader reads it rather than the link that led here.
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
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
        <Burger opened={menuOpen} onClick={menu.toggle} size="xs" className={classes.burger} aria-label={t('nav.menu')} />
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
          <UnstyledButton
            className={classes.tool}
            onClick={() => helpOpen.set(!helpOpen.get())}
            aria-keyshortcuts="?"
            aria-label={t('keys.open')}
          >
            <span className={classes.wide}>{t('keys.open')}</span> <Key keys="?" />
          </UnstyledButton>
          <AccountMenu />
        </div>
      </header>
      {menuOpen && (
        <nav className={classes.drop} aria-label={t('nav.label')} onClick={menu.close}>
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
          <Outlet />
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

function AccountMenu(): ReactNode {
  const { t, i18n } = useTranslation();
  const user = useUser();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton className={classes.tool} aria-label={t('account.open', { username: user.username })}>
          <span className={classes.face} aria-hidden="true">
            {user.username.slice(0, 1).toUpperCase()}
          </span>
          <span className={classes.wide}>{user.username}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {user.username} · {t(`account.role.${user.role}`)}
        </Menu.Label>
        <Menu.Item onClick={() => void navigate(paths.account())}>{t('account.settings')}</Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('theme.label')}</Menu.Label>
        {(['light', 'dark', 'auto'] as const).map((scheme) => (
          <Menu.Item key={scheme} onClick={() => setColorScheme(scheme)} rightSection={colorScheme === scheme ? '✓' : null}>
            {t(`theme.${scheme}`)}
          </Menu.Item>
        ))}
        {languages().length > 1 && (
          <>
            <Menu.Divider />
            <Menu.Label>{t('language.label')}</Menu.Label>
            {languages().map((language) => (
              <Menu.Item
                key={language}
                onClick={() => chooseLanguage(language)}
                rightSection={i18n.language === language ? '✓' : null}
              >
                {t(`language.${language}`)}
              </Menu.Item>
            ))}
          </>
        )}
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>{t('account.signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
