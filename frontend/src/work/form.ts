/**
 * The two forms of a labeler's work, and how they are read back from what the server keeps.
 *
 * A draft has the shape of the submission that it will become, with gaps: so a draft, a submission that was undone and
 * one that came back with reasons are all read by the same two functions. Reading never fails: what does not fit is left out.
 */
import type { Assignment, Flag, RatingBody, Scale, SubmissionBody } from '@/api/types';
import type { Asked } from './asked';

export type Flags = Record<string, boolean>;
export type Answers = Record<string, number>;

export interface DemonstrationForm {
  response: string;
  prompt_flags: Flags;
  prompt_scales: Answers;
}

export interface RatingForm {
  candidate: string;
  overall: number | null;
  flags: Flags;
  scales: Answers;
  note: string;
  critique: string;
  /** The output as it should have been; empty where it is left as it is. */
  edit: string;
}

export interface ComparisonForm {
  prompt_flags: Flags;
  prompt_scales: Answers;
  /** 1 to 9 where two outputs are compared so. */
  confidence: number | null;
  /** In the order shown: one for each output. */
  ratings: RatingForm[];
  /** One list a rank, best first, as many as there are outputs. What is in none is still in the tray. */
  ranking: string[][];
}

/** What each output says, by candidate, before the prompt was seen. */
export interface InterpretationForm {
  interpretations: Record<string, string>;
}

export function readInterpretation(kept: unknown, candidates: readonly string[]): InterpretationForm {
  const texts = asRecord(asRecord(kept).interpretations);
  return { interpretations: Object.fromEntries(candidates.map((candidate) => [candidate, readText(texts[candidate])])) };
}

export function readDemonstration(kept: unknown): DemonstrationForm {
  const draft = asRecord(kept);
  return {
    response: readText(draft.response),
    prompt_flags: readFlags(draft.prompt_flags),
    prompt_scales: readAnswers(draft.prompt_scales),
  };
}

export function readComparison(kept: unknown, candidates: readonly string[]): ComparisonForm {
  const draft = asRecord(kept);
  const rated = new Map(asList(draft.ratings).map((rating) => [asRecord(rating).candidate, asRecord(rating)]));
  const seen = new Set<string>();
  const ranking = asList(draft.ranking).map((tier) =>
    asList(tier).filter((id): id is string => {
      const fits = typeof id === 'string' && candidates.includes(id) && !seen.has(id);
      if (fits) seen.add(id);
      return fits;
    }),
  );
  return {
    prompt_flags: readFlags(draft.prompt_flags),
    prompt_scales: readAnswers(draft.prompt_scales),
    confidence: readPoint(draft.confidence, 9),
    ratings: candidates.map((candidate) => {
      const rating = rated.get(candidate) ?? {};
      return {
        candidate,
        overall: readPoint(rating.overall, 7),
        flags: readFlags(rating.flags),
        scales: readAnswers(rating.scales),
        note: readText(rating.note),
        critique: readText(rating.critique),
        edit: readText(rating.edit),
      };
    }),
    ranking: candidates.map((_, rank) => ranking[rank] ?? []),
  };
}

/** Active seconds that the draft had reached when it was kept. */
export function readActiveSeconds(kept: unknown): number {
  const seconds = asRecord(kept).active_seconds;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
}

/** Where an assignment's form begins: its draft, or, where it came back without one, what was submitted. */
export function keptForm(assignment: Assignment): unknown {
  const hasDraft = Object.keys(asRecord(assignment.draft)).length > 0;
  return hasDraft ? assignment.draft : (assignment.submitted ?? {});
}

export type Missing =
  | { kind: 'prompt' }
  | { kind: 'rating'; position: number }
  | { kind: 'rank'; position: number }
  | { kind: 'confidence' };

/** What a submission still lacks, first things first. */
export function missingInComparison(form: ComparisonForm, asked: Asked): Missing[] {
  const ranked = new Set(form.ranking.flat());
  return [
    ...(answered(form.prompt_scales, asked.promptScales) ? [] : [{ kind: 'prompt' as const }]),
    ...form.ratings.flatMap((rating, position) => (isRated(rating, asked) ? [] : [{ kind: 'rating' as const, position }])),
    ...(asked.confidence
      ? form.confidence === null
        ? [{ kind: 'confidence' as const }]
        : []
      : form.ratings.flatMap((rating, position) =>
          ranked.has(rating.candidate) ? [] : [{ kind: 'rank' as const, position }],
        )),
  ];
}

/** Whether everything that must be said of one output is said. */
export function isRated(rating: RatingForm, asked: Asked): boolean {
  return (!asked.overall || rating.overall !== null) && answered(rating.scales, asked.outputScales);
}

export function answered(answers: Answers, scales: readonly Scale[]): boolean {
  return scales.every((scale) => answers[scale.key] !== undefined);
}

export function comparisonBody(
  form: ComparisonForm,
  asked: Asked,
): Omit<SubmissionBody, 'submission_id' | 'active_seconds'> {
  return {
    prompt_flags: completeFlags(form.prompt_flags, asked.promptFlags),
    ...(asked.promptScales.length > 0 && { prompt_scales: answersTo(form.prompt_scales, asked.promptScales) }),
    ...(asked.confidence && form.confidence !== null && { confidence: form.confidence }),
    ratings: form.ratings.map(
      (rating): RatingBody => ({
        candidate: rating.candidate,
        ...(asked.overall && { overall: rating.overall }),
        flags: completeFlags(rating.flags, asked.outputFlags),
        note: rating.note.trim(),
        ...(asked.outputScales.length > 0 && { scales: answersTo(rating.scales, asked.outputScales) }),
        ...(asked.critique && { critique: rating.critique.trim() }),
        ...(asked.edit && { edit: rating.edit }),
      }),
    ),
    ranking: form.ranking.filter((tier) => tier.length > 0),
  };
}

export function demonstrationBody(
  form: DemonstrationForm,
  asked: Pick<Asked, 'promptFlags' | 'promptScales'>,
): Omit<SubmissionBody, 'submission_id' | 'active_seconds'> {
  return {
    prompt_flags: completeFlags(form.prompt_flags, asked.promptFlags),
    ...(asked.promptScales.length > 0 && { prompt_scales: answersTo(form.prompt_scales, asked.promptScales) }),
    response: form.response,
  };
}

/** Every flag of the rubric with its answer, and none besides: an untouched row is a no. */
export function completeFlags(flags: Flags, asked: readonly Flag[]): Flags {
  return Object.fromEntries(asked.map(({ key }) => [key, flags[key] ?? false]));
}

/** The answers to these scales and no others. */
export function answersTo(answers: Answers, asked: readonly Scale[]): Answers {
  return Object.fromEntries(asked.flatMap(({ key }) => (answers[key] === undefined ? [] : [[key, answers[key]]])));
}

/** Only what was answered yes is kept in a form, so that forms that say the same are the same. */
export function readFlags(value: unknown): Flags {
  return Object.fromEntries(Object.entries(asRecord(value)).filter((entry): entry is [string, true] => entry[1] === true));
}

export function readAnswers(value: unknown): Answers {
  return Object.fromEntries(
    Object.entries(asRecord(value)).filter((entry): entry is [string, number] => Number.isInteger(entry[1])),
  );
}

function readPoint(value: unknown, most: number): number | null {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most ? (value as number) : null;
}

export function readText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function toggleFlag(flags: Flags, key: string): Flags {
  const { [key]: on, ...others } = flags;
  return on ? others : { ...others, [key]: true };
}

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
