/** The messages of a thread. Nobody is named: a labeler reads "You" and "A researcher". */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Thread } from '@/api/questions';
import { Markdown } from '@/components/Markdown';
import { Time } from '@/components/Time';
import classes from './questions.module.css';

export function Messages({ thread }: { thread: Thread }): ReactNode {
  const { t } = useTranslation('questions');
  return (
    <ol className={classes.messages} aria-label={t('thread.label')}>
      {thread.messages.map((message) => (
        <li key={message.id} data-by={message.by}>
          <div className={classes.speaker}>
            {message.mine
              ? t('thread.you')
              : message.by === 'researcher'
                ? t('thread.researcher')
                : (thread.pseudonym ?? t('thread.asker'))}{' '}
            <Time at={message.created_at} />
          </div>
          <Markdown text={message.text} />
        </li>
      ))}
    </ol>
  );
}
