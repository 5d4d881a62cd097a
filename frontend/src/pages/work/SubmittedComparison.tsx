/** Ratings and ranks as they were submitted, best first, each with its output. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Assignment, SubmissionBody } from '@/api/types';
import { Letter } from '@/components/Letter';
import { Markdown } from '@/components/Markdown';
import { readComparison } from '@/work/form';
import { rankOf } from '@/work/ranking';
import { letterOf } from '@/work/letters';
import classes from './SubmissionPage.module.css';

interface SubmittedComparisonProps {
  assignment: Assignment;
  submitted: Partial<SubmissionBody>;
}

export function SubmittedComparison({ assignment, submitted }: SubmittedComparisonProps): ReactNode {
  const { t } = useTranslation('work');
  const { candidates, rubric } = assignment;
  const form = readComparison(submitted, candidates.map((candidate) => candidate.id));
  const labels = new Map((rubric?.content.output_flags ?? []).map((flag) => [flag.key, flag.label]));
  const order = form.ranking.flat();
  return (
    <ol className={classes.outputs}>
      {order.map((id) => {
        const position = candidates.findIndex((candidate) => candidate.id === id);
        const rating = form.ratings[position];
        const flags = Object.keys(rating?.flags ?? {}).map((key) => labels.get(key) ?? key);
        return (
          <li key={id}>
            <details>
              <summary>
                <Letter position={position} size="sm" />
                <span className="visually-hidden">{t('comparison.output', { letter: letterOf(position) })}</span>{' '}
                <strong>{t('ranking.rank', { rank: (rankOf(form.ranking, id) ?? 0) + 1 })}</strong>{' '}
                {rating?.overall && t('comparison.ratedAs', { rating: rating.overall })}
                {flags.length > 0 && <span className={classes.quiet}> · {flags.join(' · ')}</span>}
              </summary>
              <Markdown text={candidates[position]?.text ?? ''} />
            </details>
            {rating?.note && (
              <p className={classes.note} dir="auto">
                {rating.note}
              </p>
            )}
          </li>
        );
      })}
    </ol>
  );
}
