/** One item at the desk: the prompt, all judgments side by side, and the outputs, with differences marked on demand. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeskItem as Desk } from '@/api/desk';
import { Letter } from '@/components/Letter';
import { Markdown } from '@/components/Markdown';
import { EmptyState } from '@/components/states';
import { ItemNotices, ItemPrompt } from '../ItemPrompt';
import classes from './Desk.module.css';
import { JudgmentCard } from './JudgmentCard';
import { Marked } from './Marked';
import { Matrix } from './Matrix';

interface DeskItemProps {
  desk: Desk;
  focus: string;
  differences: boolean;
  onFocus: (judgment: string) => void;
  /** What is asked about the item now, between its judgments and its outputs. */
  children: ReactNode;
}

export function DeskItem({ desk, focus, differences, onFocus, children }: DeskItemProps): ReactNode {
  const { t } = useTranslation('desk');
  const { t: research } = useTranslation('research');
  const { item } = desk;
  const notes = new Map(desk.judgments.map((note) => [note.judgment, note]));
  const focused = item.judgments.find((judgment) => judgment.id === focus);
  // Against what differences are marked: the answer in hand, or of outputs the best one in its eyes.
  const best = focused?.ranks ? focused.ranks.indexOf(Math.min(...focused.ranks)) : -1;
  const marking = differences && focused !== undefined;
  return (
    <div className={classes.grid}>
      <ItemPrompt item={item} className={classes.prompt} />
      <div>
        <ItemNotices item={item} />
        {item.judgments.length === 0 && (
          <EmptyState title={research('review.noJudgment')} text={research('review.noJudgmentText')} />
        )}
        <div className={classes.cards}>
          {item.judgments.map((judgment) => {
            const note = notes.get(judgment.id);
            const against = marking && judgment !== focused ? (focused.response ?? null) : null;
            return (
              note && (
                <JudgmentCard
                  key={judgment.id}
                  item={item}
                  judgment={judgment}
                  note={note}
                  focused={judgment.id === focus}
                  against={against}
                  onFocus={() => onFocus(judgment.id)}
                />
              )
            );
          })}
        </div>
        {children}
        {item.kind === 'comparison' && (
          <>
            {item.judgments.length > 0 && <Matrix item={item} focus={focus} />}
            {marking && best >= 0 && (
              <p className={classes.quiet} role="status">
                {t('item.differences', { to: t('item.outputName', { letter: item.candidates[best]?.letter ?? '' }) })}
              </p>
            )}
            <section className={classes.outputs} aria-label={t('item.outputs')}>
              {item.candidates.map((candidate, position) => (
                <article
                  key={candidate.id}
                  className={classes.output}
                  aria-label={research('review.output', { letter: candidate.letter })}
                >
                  <div className={classes.head}>
                    <Letter position={position} />
                    <span className={classes.quiet}>{candidate.model ?? research('prompt.imported')}</span>
                  </div>
                  {marking && best >= 0 && position !== best ? (
                    <Marked text={candidate.text} against={item.candidates[best]?.text ?? ''} />
                  ) : (
                    <Markdown text={candidate.text} />
                  )}
                </article>
              ))}
            </section>
          </>
        )}
        {item.kind === 'demonstration' && marking && item.judgments.length > 1 && (
          <p className={classes.quiet} role="status">
            {t('item.differences', { to: t('item.answerOf', { labeler: focused.labeler }) })}
          </p>
        )}
      </div>
    </div>
  );
}
