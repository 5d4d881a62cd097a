/** One version of a guideline: its text, what it changed, its examples, and what others asked. */
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Guideline, TaskKind } from '@/api/types';
import { Segments } from '@/components/Segments';
import { Answers } from '@/pages/questions/Answers';
import classes from './Guideline.module.css';
import { GuidelineChanges } from './GuidelineChanges';
import { GuidelineExamples } from './GuidelineExamples';
import { GuidelineText } from './GuidelineText';

interface GuidelineViewsProps {
  project: string;
  kind: TaskKind;
  guideline: Pick<Guideline, 'version' | 'text' | 'examples'>;
  /** The version that was acknowledged before this one, where there is one. */
  before?: Pick<Guideline, 'version' | 'text'>;
}

type View = 'text' | 'changes' | 'examples' | 'questions';

export function GuidelineViews({ project, kind, guideline, before }: GuidelineViewsProps): ReactNode {
  const { t } = useTranslation('learn');
  const [view, setView] = useState<View>('text');
  const views: View[] = ['text', 'questions'];
  if (guideline.examples.length > 0) views.splice(1, 0, 'examples');
  if (before) views.splice(1, 0, 'changes');
  return (
    <>
      <div className={classes.views}>
        <Segments
          label={t('guideline.views')}
          value={view}
          onChange={setView}
          options={views.map((value) => ({ value, label: t(`guideline.view.${value}`) }))}
        />
      </div>
      {view === 'text' && <GuidelineText text={guideline.text} />}
      {view === 'changes' && before && <GuidelineChanges before={before} after={guideline} />}
      {view === 'examples' && <GuidelineExamples examples={guideline.examples} />}
      {view === 'questions' && <Answers project={project} kind={kind} />}
    </>
  );
}

/** The newest version that was acknowledged before this one. */
export function acknowledgedBefore(versions: readonly Guideline[], version: number): Guideline | undefined {
  return versions.find((other) => other.version < version && other.acknowledged);
}
