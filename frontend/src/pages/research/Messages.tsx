import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/schemas';
import { Markdown } from '@/components/Markdown';
import classes from './Review.module.css';

/** A prompt as its messages; who speaks is said where there is more than one. */
export function Messages({ messages }: { messages: readonly Schema<'Message'>[] }): ReactNode {
  const { t } = useTranslation('research');
  return messages.map((message, index) => (
    <div key={index} className={classes.message}>
      {messages.length > 1 && <div className={classes.speaker}>{t(`message.${message.role}`)}</div>}
      <Markdown text={message.content} />
    </div>
  ));
}
