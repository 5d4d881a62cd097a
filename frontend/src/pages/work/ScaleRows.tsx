/** The rubric's scales: one row of whole numbers each, some of them with words. */
import { memo, useId, type ReactNode } from 'react';
import type { Scale } from '@/api/types';
import type { Answers } from '@/work/form';
import { pointsOf } from '@/work/scales';
import classes from './ScaleRows.module.css';

/** Too many points for words within them: the ends' words stand below. */
function isNarrow(scale: Scale): boolean {
  return scale.max - scale.min > 4;
}

interface ScaleRowsProps {
  label: string;
  scales: readonly Scale[];
  answers: Answers;
  onAnswer: (key: string, point: number) => void;
}

export const ScaleRows = memo(function ScaleRows({ label, scales, answers, onAnswer }: ScaleRowsProps): ReactNode {
  const id = useId();
  return (
    <div className={classes.rows} role="group" aria-label={label}>
      {scales.map((scale) => (
        <fieldset key={scale.key} className={classes.scale} aria-describedby={scale.help ? `${id}${scale.key}` : undefined}>
          <legend>{scale.label}</legend>
          {scale.help && (
            <p id={`${id}${scale.key}`} className={classes.help}>
              {scale.help}
            </p>
          )}
          <div className={classes.points}>
            {pointsOf(scale).map((point) => (
              <label key={point} className={classes.point} data-chosen={answers[scale.key] === point}>
                <input
                  type="radio"
                  name={`${id}${scale.key}`}
                  value={point}
                  checked={answers[scale.key] === point}
                  onChange={() => onAnswer(scale.key, point)}
                />
                <span>{point}</span>
                {!isNarrow(scale) && scale.labels?.[point] && <span className={classes.word}>{scale.labels[point]}</span>}
              </label>
            ))}
          </div>
          {isNarrow(scale) && (
            <div className={classes.ends}>
              {[scale.min, scale.max].map((point) => (
                <span key={point}>{scale.labels?.[point] && `${point} = ${scale.labels[point]}`}</span>
              ))}
            </div>
          )}
        </fieldset>
      ))}
    </div>
  );
});
