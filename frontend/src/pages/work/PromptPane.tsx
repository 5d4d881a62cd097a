/** The prompt, as the model saw it, and the questions about the prompt itself. */
import { lazy, memo, Suspense, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Assignment, Flag, Scale } from '@/api/types';
import { Markdown } from '@/components/Markdown';
import { Notice } from '@/components/states';
import type { Answers, Flags } from '@/work/form';
import { FlagRows, flagKey } from './FlagRows';
import classes from './PromptPane.module.css';
import { ScaleRows } from './ScaleRows';
import { useKeys } from '@/app/keys';

const FindField = lazy(async () => ({ default: (await import('./FindField')).FindField }));

/** What the rubric asks about the prompt itself, and the answers so far. */
export interface PromptQuestions {
  flags: readonly Flag[];
  values: Flags;
  onToggle: (key: string) => void;
  scales: readonly Scale[];
  answers: Answers;
  onAnswer: (key: string, point: number) => void;
}

interface PromptPaneProps extends PromptQuestions {
  assignment: Assignment;
  /** What stands in place of a prompt, where one is to be written. */
  brief?: ReactNode;
  error: string | undefined;
}

/** Memoized: a key that rates an output changes nothing here. */
export const PromptPane = memo(function PromptPane({
  assignment,
  brief,
  flags,
  values,
  onToggle,
  scales,
  answers,
  onAnswer,
  error,
}: PromptPaneProps): ReactNode {
  const { t } = useTranslation('work');
  const set = flags.filter((flag) => values[flag.key]).length;
  const text = useRef<HTMLDivElement>(null);
  const [finding, setFinding] = useState(false);
  const flagGroup = t('prompt.flags');
  useKeys([
    { keys: '/', label: t('prompt.find'), group: t('prompt.title'), run: () => setFinding(true) },
    ...flags.flatMap((flag, index) => {
      const key = flagKey(index);
      return key
        ? [{ keys: `shift+${key}`, label: flag.label, group: flagGroup, run: () => onToggle(flag.key) }]
        : [];
    }),
  ]);
  return (
    <section className={classes.pane} aria-label={t('prompt.title')} tabIndex={0}>
      {finding && (
        <Suspense>
          <FindField label={t('prompt.find')} within={text} onClose={() => setFinding(false)} />
        </Suspense>
      )}
      <div ref={text}>{brief ?? <Messages messages={assignment.prompt.messages ?? []} />}</div>
      {error && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      {scales.length > 0 && (
        <div className={classes.scales}>
          <ScaleRows label={t('prompt.flags')} scales={scales} answers={answers} onAnswer={onAnswer} />
        </div>
      )}
      {flags.length > 0 && (
        <details className={classes.flags} open={set > 0 || undefined}>
          <summary>
            {t('prompt.flags')}
            {set > 0 && <span className={classes.set}>{t('prompt.flagsSet', { count: set })}</span>}
          </summary>
          <FlagRows flags={flags} values={values} onToggle={onToggle} shifted label={t('prompt.flags')} />
        </details>
      )}
    </section>
  );
});

const Messages = memo(function Messages({ messages }: { messages: NonNullable<Assignment['prompt']['messages']> }): ReactNode {
  const { t } = useTranslation('work');
  const single = messages.length === 1;
  return (
    <>
      <h2 className={classes.title}>{t('prompt.title')}</h2>
      {messages.map((message, index) => (
        <div key={index} className={classes.message} data-role={message.role}>
          {!single && (
            <div className={classes.role}>
              {t(`prompt.role.${message.role as 'user' | 'assistant' | 'system'}`, { defaultValue: message.role })}
            </div>
          )}
          <Markdown text={message.content} />
        </div>
      ))}
    </>
  );
});
