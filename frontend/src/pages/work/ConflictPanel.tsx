/** Two versions of one draft: both are shown, and the labeler says which goes on, or takes both. */
import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Draft } from '@/work/useDraft';
import classes from './ConflictPanel.module.css';

export interface VersionView<Form> {
  /** Shows what a version has. */
  render: (form: Form) => ReactNode;
  /** Both together: the first version's words, then what the other has besides. */
  merge: (mine: Form, other: Form) => Form;
}

export function ConflictPanel<Form>({ draft, view }: { draft: Draft<Form>; view: VersionView<Form> }): ReactNode {
  const { t } = useTranslation('work');
  const [other, ...rest] = draft.others;
  if (!other) return null;
  // With more than one other version, the last choice made meets the next one.
  const choose = (form: Form): void => draft.keeper.resolve(form, rest);
  return (
    <section className={classes.panel} role="alert" aria-label={t('conflict.title')}>
      <p className={classes.title}>
        <strong>{t('conflict.title')}</strong> {t(`conflict.from.${other.from}`)}
      </p>
      <div className={classes.versions}>
        <div>
          <h3>{t('conflict.here')}</h3>
          <div className={classes.version}>{view.render(draft.form)}</div>
          <Button size="compact-sm" onClick={() => choose(draft.form)}>
            {t('conflict.keepHere')}
          </Button>
        </div>
        <div>
          <h3>{t(`conflict.there.${other.from}`)}</h3>
          <div className={classes.version}>{view.render(other.form)}</div>
          <Group gap="xs">
            <Button size="compact-sm" variant="default" onClick={() => choose(other.form)}>
              {t('conflict.takeOther')}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => choose(view.merge(draft.form, other.form))}>
              {t('conflict.merge')}
            </Button>
          </Group>
        </div>
      </div>
    </section>
  );
}
