/** A writing task in review: what was asked for, and what was written. */
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Schema } from '@/api/schemas';
import { paths } from '@/app/paths';
import { Markdown } from '@/components/Markdown';
import { Notice } from '@/components/states';
import { WrittenText } from '@/pages/work/WrittenText';
import { useLabels } from './labels';
import classes from './Review.module.css';

export function ItemBrief({ brief }: { brief: Schema<'ItemBrief'> }): ReactNode {
  const { t } = useTranslation('research');
  const { t: writing } = useTranslation('writing');
  const labels = useLabels();
  return (
    <>
      <div className={classes.head}>
        <Text fw={600}>{t('review.brief')}</Text>
        <span className={classes.quiet}>
          {writing(`sort.${brief.sort}`)}
          {' · '}
          {brief.use_case ? labels.useCase(brief.use_case) : t('review.briefOpen')}
          {brief.language && ` · ${labels.language(brief.language)}`}
          {brief.pairs !== null && ` · ${writing('brief.pairs', { count: brief.pairs })}`}
        </span>
      </div>
      {brief.about && <Markdown text={brief.about} />}
      {brief.source && (
        <>
          <div className={classes.speaker}>{t('review.source')}</div>
          <Markdown text={brief.source} />
        </>
      )}
    </>
  );
}

export function ItemWritten({ written }: { written: Schema<'ItemWritten'> }): ReactNode {
  const { t } = useTranslation('research');
  const labels = useLabels();
  return (
    <>
      <div className={classes.quiet}>
        {labels.useCase(written.use_case)}
        {written.language && ` · ${labels.language(written.language)}`}
      </div>
      {written.personal_data_meant && <Notice tone="info">{t('review.personalDataMeant')}</Notice>}
      <WrittenText text={written.text} pairs={written.pairs} />
      {written.prompts.length > 0 && (
        <p className={classes.quiet}>
          {t('review.inProject', { count: written.prompts.length })}{' '}
          {written.prompts.map((id) => (
            <span key={id}>
              <Link to={paths.prompt(id)}>{id.slice(0, 8)}</Link>{' '}
            </span>
          ))}
        </p>
      )}
    </>
  );
}
