/** The output as it should have been: begun from what stands there. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './RatingPage.module.css';

interface EditFieldProps {
  original: string;
  /** Empty where the output is left as it is. */
  edit: string;
  onEdit: (edit: string) => void;
}

export function EditField({ original, edit, onEdit }: EditFieldProps): ReactNode {
  const { t } = useTranslation('work');
  if (!edit) {
    return (
      <Button variant="default" size="compact-sm" onClick={() => onEdit(original)} style={{ alignSelf: 'flex-start' }}>
        {t('rating.edit')}
      </Button>
    );
  }
  return (
    <div className={classes.note}>
      <label htmlFor="edited-output">{t('rating.edited')}</label>
      <textarea
        id="edited-output"
        rows={8}
        value={edit}
        maxLength={50_000}
        onChange={(event) => onEdit(event.currentTarget.value)}
        dir="auto"
        autoFocus
      />
      <Button variant="default" size="compact-sm" onClick={() => onEdit('')} style={{ justifySelf: 'start' }}>
        {t('rating.editDrop')}
      </Button>
    </div>
  );
}
