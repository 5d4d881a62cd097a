/** A demonstration as it was submitted; where there is an earlier one, with what was changed since. */
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';
import { Markdown } from '@/components/Markdown';
import type { Change } from '@/work/differences';
import classes from './SubmissionPage.module.css';

export function SubmittedText({ text, before }: { text: string; before: string | null }): ReactNode {
  const { t } = useTranslation('beside');
  const [marked, setMarked] = useState(false);
  const [changes, setChanges] = useState<Change[] | null>(null);
  const compared = marked && before !== null;
  useEffect(() => {
    if (!compared) return;
    let left = false;
    void import('@/work/differences').then(({ changesBetween }) => {
      if (!left) setChanges(changesBetween(before, text));
    });
    return () => {
      left = true;
    };
  }, [compared, before, text]);
  useKeys([
    {
      keys: 'v',
      label: t('submission.changes'),
      group: t('submission.title'),
      run: () => setMarked(!marked),
      when: before !== null,
    },
  ]);
  return (
    <>
      {before !== null && (
        <label className={classes.toggle}>
          <input type="checkbox" checked={marked} onChange={(event) => setMarked(event.currentTarget.checked)} />
          {t('submission.changes')} <Key keys="v" />
        </label>
      )}
      {compared && changes ? (
        <p className={classes.changes} dir="auto">
          {changes.map((change, index) =>
            change.kind === 'added' ? <ins key={index}>{change.text}</ins>
            : change.kind === 'removed' ? <del key={index}>{change.text}</del>
            : change.text,
          )}
        </p>
      ) : (
        <Markdown text={text} />
      )}
    </>
  );
}
