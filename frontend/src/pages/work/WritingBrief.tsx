/** What a writing task asks for, with hints on what the project has little of. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Brief } from '@/api/types';
import { Markdown } from '@/components/Markdown';
import { Notice } from '@/components/states';
import classes from './Writing.module.css';

export function WritingBrief({ brief, hints = true }: { brief: Brief; hints?: boolean }): ReactNode {
  const { t } = useTranslation('writing');
  const { t: common } = useTranslation();
  return (
    <div className={classes.brief}>
      <h2 className={classes.briefTitle}>{t('brief.title')}</h2>
      <p>
        <strong>{t(`sort.${brief.sort}`)}</strong> {'·'} {t(`brief.do.${brief.sort}`)}
      </p>
      <dl>
        <dt>{t('brief.useCase')}</dt>
        <dd>
          {brief.use_case ? (
            <>
              {common(`useCase.${brief.use_case}`)}
              <div className={classes.quiet}>{t(`about.${brief.use_case}`)}</div>
            </>
          ) : (
            t('brief.open')
          )}
        </dd>
        {brief.language && (
          <>
            <dt>{t('brief.language')}</dt>
            <dd>{brief.language}</dd>
          </>
        )}
        {brief.about && (
          <>
            <dt>{t(brief.sort === 'user_based' ? 'brief.user' : 'brief.about')}</dt>
            <dd dir="auto">
              <Markdown text={brief.about} />
            </dd>
          </>
        )}
        {brief.pairs !== null && (
          <>
            <dt>{t('pairs.title')}</dt>
            <dd>{t('brief.pairs', { count: brief.pairs })}</dd>
          </>
        )}
      </dl>
      {brief.source !== null && <Source text={brief.source} suspected={brief.suspected} />}
      {hints && brief.source === null && <Hints brief={brief} />}
    </div>
  );
}

function Source({ text, suspected }: { text: string; suspected: readonly string[] }): ReactNode {
  const { t } = useTranslation('writing');
  return (
    <>
      <h3>{t('brief.source')}</h3>
      <div className={classes.source} dir="auto">
        <Markdown text={text} />
      </div>
      <Notice tone={suspected.length > 0 ? 'warn' : 'info'}>
        {t(suspected.length > 0 ? 'brief.suspected' : 'brief.unsuspected')}
        {suspected.length > 0 && (
          <ul>
            {suspected.map((words) => (
              <li key={words}>
                <mark dir="auto">{words}</mark>
              </li>
            ))}
          </ul>
        )}
      </Notice>
    </>
  );
}

function Hints({ brief }: { brief: Brief }): ReactNode {
  const { t } = useTranslation('writing');
  const { t: common } = useTranslation();
  const languages = Object.entries(brief.languages);
  return (
    <section aria-labelledby="hints" className={classes.hints}>
      <h3 id="hints">{t('brief.hints')}</h3>
      <p>{t(brief.use_case ? 'brief.have' : 'brief.total', { count: brief.have })}</p>
      {!brief.use_case && brief.rare_use_cases.length > 0 && (
        <p>{t('brief.rare', { useCases: brief.rare_use_cases.map((name) => common(`useCase.${name}`)).join(', ') })}</p>
      )}
      {!brief.language && languages.length > 0 && (
        <p>{t('brief.languages', { languages: languages.map(([code, count]) => `${code} ${count}`).join(', ') })}</p>
      )}
      {brief.openings.length > 0 && (
        <>
          <p>{t('brief.openings')}</p>
          <ul>
            {brief.openings.map((opening) => (
              <li key={opening} dir="auto">{`${opening} …`}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
