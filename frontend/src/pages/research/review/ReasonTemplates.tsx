/** The project's reasons as buttons, each of which adds its words to what is being written. */
import { Button, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { ReviewSettings } from '@/api/desk';
import { paths } from '@/app/paths';
import { Key } from '@/components/Key';
import classes from './Desk.module.css';

interface TemplatesProps {
  project: string;
  reasons: ReviewSettings['reasons'];
  /** Whether the page binds the number keys to them. */
  keyed?: boolean;
  onAdd: (text: string) => void;
}

export function ReasonTemplates({ project, reasons, keyed = false, onAdd }: TemplatesProps): ReactNode {
  const { t } = useTranslation('desk');
  return (
    <div className={classes.templates} role="group" aria-label={t('reasons.templates')}>
      {reasons.map((reason, index) => (
        <Button
          key={reason.name}
          size="compact-xs"
          variant="default"
          title={reason.text}
          onClick={() => onAdd(reason.text)}
          leftSection={keyed && <Key keys={String(index + 1)} />}
        >
          {reason.name}
        </Button>
      ))}
      <Text component={Link} to={paths.projectSettings(project)} size="xs">
        {t(reasons.length ? 'reasons.change' : 'reasons.make')}
      </Text>
    </div>
  );
}

/** What is written so far with one more reason, on a line of its own. */
export function withReason(written: string, reason: string): string {
  return written.trim() ? `${written.trimEnd()}\n${reason}` : reason;
}
