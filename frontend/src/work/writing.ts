/** The form of a prompt that is being written: read back from what the server keeps, and made a submission. */
import type { Brief, SubmissionBody } from '@/api/types';
import type { Asked } from './asked';
import {
  answersTo, asList, asRecord, completeFlags, readAnswers, readFlags, readText, type Answers, type Flags,
} from './form';

export interface Pair {
  query: string;
  response: string;
}

export interface WritingForm {
  /** The prompt, or of a few-shot one the instruction before its pairs. */
  text: string;
  pairs: Pair[];
  use_case: string;
  language: string;
  /** What looks like personal data is meant to stand there. */
  personal_data_meant: boolean;
  prompt_flags: Flags;
  prompt_scales: Answers;
}

export const MOST_PAIRS = 20;

export function readWriting(kept: unknown, brief: Brief): WritingForm {
  const draft = asRecord(kept);
  const pairs = asList(draft.pairs).map((pair) => {
    const { query, response } = asRecord(pair);
    return { query: readText(query), response: readText(response) };
  });
  const wanted = brief.pairs ?? 0;
  const missing = Math.max(0, wanted - pairs.length);
  return {
    text: readText(draft.text),
    pairs: wanted ? [...pairs, ...Array.from({ length: missing }, () => ({ query: '', response: '' }))] : [],
    use_case: brief.use_case || readText(draft.use_case),
    language: brief.language || readText(draft.language),
    personal_data_meant: draft.personal_data_meant === true,
    prompt_flags: readFlags(draft.prompt_flags),
    prompt_scales: readAnswers(draft.prompt_scales),
  };
}

export type Lacking = 'text' | 'pairs' | 'useCase';

/** What the submission still lacks, first things first. */
export function lackingIn(form: WritingForm): Lacking | null {
  if (form.use_case === '') return 'useCase';
  if (form.text.trim() === '') return 'text';
  return form.pairs.some((pair) => pair.query.trim() === '' || pair.response.trim() === '') ? 'pairs' : null;
}

export function writingBody(
  form: WritingForm,
  asked: Pick<Asked, 'promptFlags' | 'promptScales'>,
): Omit<SubmissionBody, 'submission_id' | 'active_seconds'> {
  return {
    prompt_flags: completeFlags(form.prompt_flags, asked.promptFlags),
    ...(asked.promptScales.length > 0 && { prompt_scales: answersTo(form.prompt_scales, asked.promptScales) }),
    text: form.text,
    ...(form.pairs.length > 0 && { pairs: form.pairs }),
    use_case: form.use_case as SubmissionBody['use_case'],
    language: form.language.trim(),
    ...(form.personal_data_meant && { personal_data_meant: true }),
  };
}
