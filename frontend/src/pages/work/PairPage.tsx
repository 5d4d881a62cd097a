/** Two outputs side by side, and nine points from "the first is far better" to "the second is far better". */
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { BlindCandidate } from '@/api/types';
import { useKeys } from '@/app/keys';
import { Letter } from '@/components/Letter';
import { Notice } from '@/components/states';
import { announce } from '@/work/announcer';
import { leaning, POINTS } from '@/work/confidence';
import { letterOf } from '@/work/letters';
import classes from './PairPage.module.css';
import { Reader } from './Reader';

interface PairPageProps {
  candidates: readonly BlindCandidate[];
  confidence: number | null;
  onChoose: (confidence: number) => void;
  /** Opens an output's own page; undefined where the outputs have none. */
  onOpen: ((position: number) => void) | undefined;
  error: string | undefined;
}

export function PairPage({ candidates, confidence, onChoose, onOpen, error }: PairPageProps): ReactNode {
  const { t } = useTranslation('work');
  const [differences, setDifferences] = useState(false);
  const [first, second] = [letterOf(0), letterOf(1)];
  const say = (point: number): string => {
    const { side, steps } = leaning(point);
    if (side === 'none') return t('pair.none');
    return t(`pair.better${steps as 1 | 2 | 3 | 4}`, { letter: side === 'first' ? first : second });
  };
  const choose = (point: number): void => {
    onChoose(point);
    announce(say(point));
  };
  const group = t('pair.title');
  useKeys([
    ...POINTS.map((point) => ({ keys: String(point), label: say(point), group, run: () => choose(point) })),
    { keys: 'v', label: t('ranking.differences'), group, run: () => setDifferences((on) => !on) },
  ]);
  return (
    <div className={classes.page}>
      {error && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      <fieldset className={classes.scale}>
        <legend>{t('pair.question')}</legend>
        <div className={classes.points}>
          <Letter position={0} />
          {POINTS.map((point) => (
            <label key={point} className={classes.point} data-chosen={confidence === point} title={say(point)}>
              <input
                type="radio"
                name="confidence"
                value={point}
                aria-label={say(point)}
                checked={confidence === point}
                onChange={() => choose(point)}
              />
              {point}
            </label>
          ))}
          <Letter position={1} />
        </div>
        <p className={classes.said} data-open={confidence === null || undefined}>
          {confidence === null ? t('pair.open') : say(confidence)}
        </p>
      </fieldset>
      <Reader
        candidates={candidates}
        shown={0}
        beside={1}
        differences={differences}
        onDifferences={setDifferences}
        onOpen={onOpen}
      />
    </div>
  );
}
