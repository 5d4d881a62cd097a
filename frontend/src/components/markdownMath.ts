/** Maths between $$ signs: its syntax, and KaTeX to draw it as MathML. A chunk of its own, loaded when maths is met. */
import katex from 'katex';
import { mathFromMarkdown } from 'mdast-util-math';
import { math } from 'micromark-extension-math';
import type { MathSyntax } from './markdownTree';

export const mathSyntax: MathSyntax = {
  // A single dollar is a price more often than a formula.
  syntax: math({ singleDollarTextMath: false }),
  tree: mathFromMarkdown(),
};

/** Draws a formula into an element. What KaTeX does not understand stands there as it was written. */
export function drawMath(formula: string, into: HTMLElement, display: boolean): void {
  katex.render(formula, into, { output: 'mathml', displayMode: display, throwOnError: false, strict: false, trust: false });
}
