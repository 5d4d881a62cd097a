/** Comparing outputs, as in Fig. 12 of the paper: a page for each output, then the ranking. */
import { Button } from '@mantine/core';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Assignment } from '@/api/types';
import { lineArrows } from '@/app/direction';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';
import { Letter } from '@/components/Letter';
import { LoadingState } from '@/components/states';
import { announce } from '@/work/announcer';
import { askedBy, asksOfOutputs, ratesOutputs, type Asked } from '@/work/asked';
import { rankingOf } from '@/work/confidence';
import {
  comparisonBody,
  isRated,
  missingInComparison,
  readComparison,
  toggleFlag,
  type ComparisonForm,
  type RatingForm,
} from '@/work/form';
import { letterOf } from '@/work/letters';
import { rankOf, type Ranking } from '@/work/ranking';
import { useReadAhead } from '@/work/useReadAhead';
import { useWork } from '@/work/useWork';
import classes from './Comparison.module.css';
import type { VersionView } from './ConflictPanel';
import { RatingPage } from './RatingPage';
import { WorkFrame } from './WorkFrame';

// What comes last is loaded while the first output is being read.
const loadPair = () => import('./PairPage');
const PairPage = lazy(async () => ({ default: (await loadPair()).PairPage }));
const loadRanking = () => import('./RankingPage');
const RankingPage = lazy(async () => ({ default: (await loadRanking()).RankingPage }));

export function Comparison({ assignment }: { assignment: Assignment }): ReactNode {
  const { t } = useTranslation('work');
  const { candidates, rubric } = assignment;
  const ids = useMemo(() => candidates.map((candidate) => candidate.id), [candidates]);
  useReadAhead(useMemo(() => candidates.map((candidate) => candidate.text), [candidates]));
  const read = useCallback((draft: unknown) => readComparison(draft, ids), [ids]);
  const work = useWork(assignment, read);
  const { form, keeper } = work.draft;
  const asked = useMemo(() => askedBy(rubric?.content, candidates.length), [rubric, candidates.length]);
  const ofOutputs = asksOfOutputs(asked);
  const [page, setPage] = useState(() => (ofOutputs ? firstOpenPage(form, asked) : candidates.length));
  const ranking = page === candidates.length;
  const missing = missingInComparison(form, asked);
  const rated = form.ratings.filter((rating) => isRated(rating, asked)).length;

  useEffect(() => void (asked.confidence ? loadPair() : loadRanking()), [asked.confidence]);

  const turn = useCallback(
    (to: number) => setPage(ofOutputs ? Math.min(Math.max(to, 0), candidates.length) : candidates.length),
    [candidates.length, ofOutputs],
  );
  const rate = useCallback(
    (position: number, part: Partial<RatingForm> | ((now: RatingForm) => Partial<RatingForm>)) => {
      const now = keeper.state.get().form;
      const ratings = now.ratings.map((rating, index) =>
        index === position ? { ...rating, ...(typeof part === 'function' ? part(rating) : part) } : rating,
      );
      keeper.edit({ ...now, ratings });
    },
    [keeper],
  );
  const rank = useCallback((next: Ranking) => keeper.edit({ ...keeper.state.get().form, ranking: next }), [keeper]);
  const choose = useCallback(
    (confidence: number) => {
      const [first = '', second = ''] = ids;
      keeper.edit({ ...keeper.state.get().form, confidence, ranking: rankingOf(confidence, first, second) });
    },
    [keeper, ids],
  );
  const answerPrompt = useCallback(
    (key: string, point: number) => {
      const now = keeper.state.get().form;
      keeper.edit({ ...now, prompt_scales: { ...now.prompt_scales, [key]: point } });
    },
    [keeper],
  );
  const togglePromptFlag = useCallback(
    (key: string) => {
      const now = keeper.state.get().form;
      keeper.edit({ ...now, prompt_flags: toggleFlag(now.prompt_flags, key) });
    },
    [keeper],
  );

  const lacking = missing.length ? lackingText(missing, t) : null;
  const submit = (): void => {
    const first = missing[0];
    if (first) {
      if (lacking) announce(lacking);
      if (first.kind !== 'prompt') setPage(first.kind === 'rating' ? first.position : candidates.length);
      return;
    }
    work.submission.submit({ ...comparisonBody(form, asked), active_seconds: work.clock.seconds() });
  };

  const arrows = lineArrows();
  useKeys([
    { keys: ranking ? '[' : ['[', arrows.back], label: t('comparison.previous'), group: t('comparison.group'), run: () => turn(page - 1) },
    { keys: ranking ? ']' : [']', arrows.forth], label: t('comparison.next'), group: t('comparison.group'), run: () => turn(page + 1) },
  ]);

  const refused = work.submission.state.phase === 'refused' ? work.submission.state.error.fields : {};
  // What the server refused is looked at first: the output, or the ranking.
  const { state } = work.submission;
  useEffect(() => {
    if (state.phase !== 'refused') return;
    const faulty = ids.findIndex((id) => state.error.fields[`ratings.${id}`]);
    if (faulty >= 0) setPage(faulty);
    else if (state.error.fields.ranking) setPage(ids.length);
  }, [state, ids]);
  const conflict = useMemo<VersionView<ComparisonForm>>(
    () => ({ render: (version) => <VersionSummary form={version} />, merge: mergeComparisons }),
    [],
  );

  return (
    <WorkFrame
      work={work}
      progress={ratesOutputs(asked) ? t('comparison.progress', { rated, count: candidates.length }) : ''}
      prompt={{
        flags: asked.promptFlags,
        values: form.prompt_flags,
        onToggle: togglePromptFlag,
        scales: asked.promptScales,
        answers: form.prompt_scales,
        onAnswer: answerPrompt,
      }}
      lacking={lacking}
      onSubmit={submit}
      conflict={conflict}
      steps={
        ofOutputs && (
          <>
            <Button variant="default" onClick={() => turn(page - 1)} disabled={page === 0} leftSection={<Key keys="[" />}>
              {t('comparison.back')}
            </Button>
            <Button
              variant={missing.length && !ranking ? 'filled' : 'default'}
              onClick={() => turn(page + 1)}
              disabled={ranking}
              rightSection={<Key keys="]" />}
            >
              {t('comparison.forth')}
            </Button>
          </>
        )
      }
    >
      {ofOutputs && (
        <nav className={classes.pages} aria-label={t('comparison.pages')}>
          {form.ratings.map((rating, position) => (
            <button
              key={rating.candidate}
              type="button"
              className={classes.tab}
              aria-current={page === position ? 'page' : undefined}
              onClick={() => setPage(position)}
            >
              <Letter position={position} size="sm" />
              <span className="visually-hidden">{t('comparison.output', { letter: letterOf(position) })}</span>
              {ratesOutputs(asked) && (
                <span className={classes.mark}>{asked.overall ? (rating.overall ?? '·') : isRated(rating, asked) ? '✓' : '·'}</span>
              )}
              {refused[`ratings.${rating.candidate}`] && (
                <span className={classes.fault}>
                  <span aria-hidden="true">{'!'}</span>
                  <span className="visually-hidden">{t('comparison.refused')}</span>
                </span>
              )}
            </button>
          ))}
          <button
            type="button"
            className={classes.tab}
            aria-current={ranking ? 'page' : undefined}
            onClick={() => setPage(candidates.length)}
          >
            {t(asked.confidence ? 'pair.title' : 'comparison.ranking')}
            {!asked.confidence && (
              <span className={classes.mark}>
                {t('comparison.rankedCount', { ranked: form.ranking.flat().length, count: candidates.length })}
              </span>
            )}
          </button>
        </nav>
      )}
      {ranking ? (
        <Suspense fallback={<LoadingState />}>
          {asked.confidence ? (
            <PairPage
              candidates={candidates}
              confidence={form.confidence}
              onChoose={choose}
              onOpen={ofOutputs ? setPage : undefined}
              error={refused.confidence}
            />
          ) : (
            <RankingPage
              candidates={candidates}
              form={form}
              onRank={rank}
              onOpen={setPage}
              error={refused.ranking}
            />
          )}
        </Suspense>
      ) : (
        candidates[page] &&
        form.ratings[page] && (
          <RatingPage
            position={page}
            text={candidates[page].text}
            rating={form.ratings[page]}
            asked={asked}
            onRate={rate}
            error={refused[`ratings.${candidates[page].id}`]}
          />
        )
      )}
    </WorkFrame>
  );
}

/** The first output that is not rated; the ranking, once all are. Where nothing must be said of them, the first one. */
function firstOpenPage(form: ComparisonForm, asked: Asked): number {
  if (!ratesOutputs(asked)) return 0;
  const open = form.ratings.findIndex((rating) => !isRated(rating, asked));
  return open < 0 ? form.ratings.length : open;
}

type Translate = ReturnType<typeof useTranslation<'work'>>['t'];

function lackingText(missing: ReturnType<typeof missingInComparison>, t: Translate): string {
  const letters = (kind: 'rating' | 'rank'): string =>
    missing.flatMap((part) => (part.kind === kind ? [letterOf(part.position)] : [])).join(' ');
  if (missing.some((part) => part.kind === 'prompt')) return t('prompt.unanswered');
  const ratings = letters('rating');
  if (!ratings && missing.some((part) => part.kind === 'confidence')) return t('pair.open');
  return ratings ? t('comparison.toRate', { letters: ratings }) : t('comparison.toRank', { letters: letters('rank') });
}

/** Mine, with the other's ratings, notes and ranks where mine has none. */
function mergeComparisons(mine: ComparisonForm, other: ComparisonForm): ComparisonForm {
  const ranked = new Set(mine.ranking.flat());
  return {
    prompt_flags: { ...other.prompt_flags, ...mine.prompt_flags },
    prompt_scales: { ...other.prompt_scales, ...mine.prompt_scales },
    confidence: mine.confidence ?? other.confidence,
    ratings: mine.ratings.map((rating, position) => {
      const theirs = other.ratings[position];
      if (!theirs) return rating;
      return {
        candidate: rating.candidate,
        overall: rating.overall ?? theirs.overall,
        flags: { ...theirs.flags, ...rating.flags },
        scales: { ...theirs.scales, ...rating.scales },
        note: joined(rating.note, theirs.note),
        critique: joined(rating.critique, theirs.critique),
        edit: joined(rating.edit, theirs.edit),
      };
    }),
    ranking: mine.ranking.map((tier, rank) => [
      ...tier,
      ...(other.ranking[rank] ?? []).filter((candidate) => !ranked.has(candidate)),
    ]),
  };
}

/** Both texts, unless the one holds the other. */
function joined(mine: string, other: string): string {
  const texts = mine.includes(other) ? [mine] : [mine, other];
  return texts.filter((text) => text.trim()).join('\n');
}

function VersionSummary({ form }: { form: ComparisonForm }): ReactNode {
  const { t } = useTranslation('work');
  return (
    <ul className={classes.summary}>
      {form.ratings.map((rating, position) => {
        const rank = rankOf(form.ranking, rating.candidate);
        return (
          <li key={rating.candidate}>
            <Letter position={position} size="sm" />{' '}
            {rating.overall === null ? t('comparison.unrated') : t('comparison.ratedAs', { rating: rating.overall })}
            {' · '}
            {rank === null ? t('ranking.unranked') : t('ranking.rank', { rank: rank + 1 })}
            {rating.note && ` · ${rating.note}`}
          </li>
        );
      })}
    </ul>
  );
}
