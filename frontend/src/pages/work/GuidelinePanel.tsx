/** The guideline that this task is judged by, beside the work. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Assignment } from '@/api/types';
import { guidelinesQuery } from '@/api/work';
import { useKeys } from '@/app/keys';
import { CloseButton } from '@/components/CloseButton';
import classes from './GuidelinePanel.module.css';
import { acknowledgedBefore, GuidelineViews } from './GuidelineViews';

export function GuidelinePanel({ assignment, onClose }: { assignment: Assignment; onClose: () => void }): ReactNode {
  const { t } = useTranslation('work');
  const { guideline, project, kind } = assignment;
  // Without a connection the text is there all the same: only what changed is missing.
  const versions = useQuery(guidelinesQuery(project, kind)).data?.results ?? [];
  useKeys([{ keys: 'Escape', label: t('guideline.close'), group: t('frame.group'), run: onClose }]);
  return (
    <aside className={classes.panel} aria-label={t('frame.guideline')} tabIndex={0}>
      <div className={classes.title}>
        <Text fw={600}>
          {t('frame.guideline')} {guideline && <span className={classes.version}>{t('guideline.version', { version: guideline.version })}</span>}
        </Text>
        <CloseButton onClick={onClose} label={t('guideline.close')} />
      </div>
      {guideline ? (
        <GuidelineViews
          project={project}
          kind={kind}
          guideline={guideline}
          before={acknowledgedBefore(versions, guideline.version)}
        />
      ) : (
        <Text c="dimmed">{t('guideline.none')}</Text>
      )}
    </aside>
  );
}
