import { Fragment, type ReactNode } from 'react';

/** A sentence in which `backticks` mean code. */
export function Plain({ text }: { text: string }): ReactNode {
  return text.split('`').map((part, index) => (
    <Fragment key={index}>{index % 2 ? <code>{part}</code> : part}</Fragment>
  ));
}
