/** What was asked in an item of review: its prompt, or of a writing task its brief. */
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Item } from '@/api/collection';
import { paths } from '@/app/paths';
import { Notice } from '@/components/states';
import { ChosenFor } from './curate/ChosenFor';
import { ItemBrief } from './ItemWriting';
import { useLabels } from './labels';
import { Messages } from './Messages';
import classes from './Review.module.css';

export function ItemPrompt({ item, className }: { item: Item; className?: string }): ReactNode {
  const { t } = useTranslation('research');
  const labels = useLabels();
  return (
    <section className={className} aria-label={t('prompt.title')} tabIndex={0}>
      {item.prompt && (
        <>
          <div className={classes.head}>
            <Text fw={600}>
              <Link to={paths.prompt(item.prompt.id)}>{t('prompt.title')}</Link>
            </Text>
            <span className={classes.quiet}>
              {labels.useCase(item.prompt.use_case)}
              {' · '}
              {labels.split(item.prompt.split)}
              {item.consensus !== null && ` · ${t('review.consensus', { percent: Math.round(item.consensus * 100) })}`}
            </span>
          </div>
          <Messages messages={item.prompt.messages} />
        </>
      )}
      {item.brief && <ItemBrief brief={item.brief} />}
    </section>
  );
}

/** What is to be known of an item before its judgments: why it was chosen, and who skipped it. */
export function ItemNotices({ item }: { item: Item }): ReactNode {
  const { t } = useTranslation('research');
  return (
    <>
      {item.chosen_for && <ChosenFor chosen={item.chosen_for} />}
      {item.skips.map((skip) => (
        <Notice key={skip.labeler + skip.reason} tone="info">
          {t('review.skip', { labeler: skip.labeler, reason: t(`skip.${skip.reason}`) })} {skip.note}
        </Notice>
      ))}
    </>
  );
}
