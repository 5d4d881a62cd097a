/** Who is signed in, and what they choose for themselves: light or dark, the language, signing out. */
import { useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useId, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ErrorText, Notice } from '@/components/states';
import { chooseLanguage, languages, languageNow } from '@/i18n';
import classes from './AccountMenu.module.css';
import { paths } from './paths';
import { useSignOut, useUser } from './session';

export function AccountMenu(): ReactNode {
  const { t } = useTranslation();
  const user = useUser();
  const leaving = useMutation({ mutationFn: useSignOut() });
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const close = (): void => panel.current?.hidePopover();
  return (
    <>
      <button type="button" className={classes.open} popoverTarget={id}>
        <span className="visually-hidden">{t('account.open', { username: user.username })}</span>
        <span className={classes.face} aria-hidden="true">
          {user.username.slice(0, 1).toUpperCase()}
        </span>
        <span className={classes.name} aria-hidden="true">{user.username}</span>
      </button>
      {/* The browser closes it: by Escape, by a click elsewhere, and gives the focus back. */}
      <div ref={panel} id={id} popover="auto" className={classes.panel} role="group" aria-label={t('account.open', { username: user.username })}>
        <p className={classes.label}>
          {user.username} · {t(`account.role.${user.role}`)}
        </p>
        <Link to={paths.account()} className={classes.item} onClick={close}>
          {t('account.settings')}
        </Link>
        <div role="radiogroup" aria-label={t('theme.label')} className={classes.part}>
          <p className={classes.label}>{t('theme.label')}</p>
          {(['light', 'dark', 'auto'] as const).map((scheme) => (
            <label key={scheme} className={classes.item}>
              <input
                type="radio"
                name={`${id}-scheme`}
                checked={colorScheme === scheme}
                onChange={() => setColorScheme(scheme)}
              />
              {t(`theme.${scheme}`)}
            </label>
          ))}
        </div>
        {languages().length > 1 && (
          <div role="radiogroup" aria-label={t('language.label')} className={classes.part}>
            <p className={classes.label}>{t('language.label')}</p>
            {languages().map((language) => (
              <label key={language} className={classes.item}>
                <input
                  type="radio"
                  name={`${id}-language`}
                  checked={languageNow() === language}
                  onChange={() => void chooseLanguage(language)}
                />
                {t(`language.${language}`)}
              </label>
            ))}
          </div>
        )}
        <div className={classes.part}>
          <button type="button" className={classes.item} onClick={() => leaving.mutate()}>
            {t('account.signOut')}
          </button>
          {leaving.error && (
            <Notice tone="bad" role="alert">
              <ErrorText error={leaving.error} />
            </Notice>
          )}
        </div>
      </div>
    </>
  );
}
