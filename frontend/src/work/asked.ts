/** What a rubric asks of whoever compares these outputs, with everything that it leaves out filled in. */
import type { Flag, RubricContent, Scale } from '@/api/types';

export interface Asked {
  promptFlags: readonly Flag[];
  outputFlags: readonly Flag[];
  promptScales: readonly Scale[];
  outputScales: readonly Scale[];
  /** 1 to 7 for each output. */
  overall: boolean;
  critique: boolean;
  edit: boolean;
  /** Two outputs are put in order by nine points of confidence, and not by cards. */
  confidence: boolean;
}

export function askedBy(content: RubricContent | undefined, outputs: number): Asked {
  const asks = content?.asks ?? [];
  return {
    promptFlags: content?.prompt_flags ?? [],
    outputFlags: content?.output_flags ?? [],
    promptScales: content?.prompt_scales ?? [],
    outputScales: content?.output_scales ?? [],
    overall: content?.overall ?? true,
    critique: asks.includes('critique'),
    edit: asks.includes('edit'),
    confidence: asks.includes('confidence') && outputs === 2,
  };
}

/** Whether something must be said of each output. */
export function ratesOutputs(asked: Asked): boolean {
  return asked.overall || asked.outputScales.length > 0;
}

/** Whether each output has a page of its own. */
export function asksOfOutputs(asked: Asked): boolean {
  return ratesOutputs(asked) || asked.critique || asked.edit || asked.outputFlags.length > 0;
}
