/**
 * The two forms of a labeler's work, and how they are read back from what the server keeps.
 *
 * A draft has the shape of the submission that it will become, with gaps: so a draft, a submission that was undone and
 * one that came back with reasons are all read by the same two functions. Reading never fails: what does not fit is left out.
 */
import type { Assignment, RatingBody, SubmissionBody } from '@/api/types';

export type Flags = Record<string, boolean>;

export interface DemonstrationForm {
  response: string;
  prompt_flags: Flags;
}

export interface RatingForm {
  candidate: string;
  overall: number | null;
  flags: Flags;
  note: string;
}

export interface ComparisonForm {
  prompt_flags: Flags;
  /** In the order shown: one for each output. */
  ratings: RatingForm[];
  /** One list a rank, best first, as many as there are outputs. What is in none is still in the tray. */
  ranking: string[][];
}

export function readDemonstration(kept: unknown): DemonstrationForm {
  const draft = asRecord(kept);
  return {
    response: typeof draft.response === 'string' ? draft.response : '',
    prompt_flags: readFlags(draft.prompt_flags),
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
    ratings: candidates.map((candidate) => {
      const rating = rated.get(candidate) ?? {};
      const { overall, note } = rating;
      return {
        candidate,
        overall: Number.isInteger(overall) && (overall as number) >= 1 && (overall as number) <= 7 ? (overall as number) : null,
        flags: readFlags(rating.flags),
        note: typeof note === 'string' ? note : '',
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

type Missing = { kind: 'response' } | { kind: 'rating'; position: number } | { kind: 'rank'; position: number };

/** What a submission still lacks, first things first. */
export function missingInComparison(form: ComparisonForm): Missing[] {
  const ranked = new Set(form.ranking.flat());
  return [
    ...form.ratings.flatMap((rating, position) => (rating.overall === null ? [{ kind: 'rating' as const, position }] : [])),
    ...form.ratings.flatMap((rating, position) =>
      ranked.has(rating.candidate) ? [] : [{ kind: 'rank' as const, position }],
    ),
  ];
}

export function comparisonBody(
  form: ComparisonForm,
  flagKeys: { prompt: readonly string[]; output: readonly string[] },
): Omit<SubmissionBody, 'submission_id' | 'active_seconds'> {
  return {
    prompt_flags: completeFlags(form.prompt_flags, flagKeys.prompt),
    ratings: form.ratings.map(
      (rating): RatingBody => ({
        candidate: rating.candidate,
        overall: rating.overall ?? 0,
        flags: completeFlags(rating.flags, flagKeys.output),
        note: rating.note.trim(),
      }),
    ),
    ranking: form.ranking.filter((tier) => tier.length > 0),
  };
}

export function demonstrationBody(
  form: DemonstrationForm,
  promptFlags: readonly string[],
): Omit<SubmissionBody, 'submission_id' | 'active_seconds'> {
  return { prompt_flags: completeFlags(form.prompt_flags, promptFlags), response: form.response };
}

/** Every flag of the rubric with its answer, and none besides: an untouched row is a no. */
function completeFlags(flags: Flags, keys: readonly string[]): Flags {
  return Object.fromEntries(keys.map((key) => [key, flags[key] ?? false]));
}

/** Only what was answered yes is kept in a form, so that forms that say the same are the same. */
function readFlags(value: unknown): Flags {
  return Object.fromEntries(Object.entries(asRecord(value)).filter((entry): entry is [string, true] => entry[1] === true));
}

export function toggleFlag(flags: Flags, key: string): Flags {
  const { [key]: on, ...others } = flags;
  return on ? others : { ...others, [key]: true };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
