/** What a new version changed since the one that was acknowledged: whole paragraphs, changed words marked in them. */
import { Text } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { anythingChanged, textChanges, type Change } from '@/work/changes';
import type { Piece } from '@/work/differences';
import classes from './Guideline.module.css';

interface GuidelineChangesProps {
  before: { version: number; text: string };
  after: { version: number; text: string };
}

export function GuidelineChanges({ before, after }: GuidelineChangesProps): ReactNode {
  const { t } = useTranslation('learn');
  const changes = useMemo(() => textChanges(before.text, after.text), [before.text, after.text]);
  return (
    <>
      <Text c="dimmed" mb="xs">
        {t('guideline.changesSince', { before: before.version, after: after.version })}
      </Text>
      {anythingChanged(changes) ? (
        <div className={classes.changes}>
          {changes.map((change, index) => (
            <Shown key={index} change={change} />
          ))}
        </div>
      ) : (
        <Text>{t('guideline.noChanges')}</Text>
      )}
    </>
  );
}

function Shown({ change }: { change: Change }): ReactNode {
  const { t } = useTranslation('learn');
  switch (change.kind) {
    case 'left_out':
      return <p className={classes.leftOut}>{t('guideline.leftOut', { count: change.count })}</p>;
    case 'same':
      return <p className={classes.same}>{change.text}</p>;
    case 'added':
      return (
        <p>
          <Said>{t('guideline.added')}</Said>
          <ins>{change.text}</ins>
        </p>
      );
    case 'removed':
      return (
        <p>
          <Said>{t('guideline.removed')}</Said>
          <del>{change.text}</del>
        </p>
      );
    case 'changed':
      return (
        <>
          <p>
            <Said>{t('guideline.was')}</Said>
            <Pieces pieces={change.before} mark="del" />
          </p>
          <p>
            <Said>{t('guideline.is')}</Said>
            <Pieces pieces={change.after} mark="ins" />
          </p>
        </>
      );
  }
}

function Pieces({ pieces, mark: Mark }: { pieces: readonly Piece[]; mark: 'ins' | 'del' }): ReactNode {
  return pieces.map((piece, index) => (piece.own ? <Mark key={index}>{piece.text}</Mark> : piece.text));
}

function Said({ children }: { children: ReactNode }): ReactNode {
  return <span className={classes.said}>{children} </span>;
}
