/** Writing the answer to a prompt. */
import { useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Assignment } from '@/api/types';
import { formatNumber } from '@/app/format';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';
import { Markdown } from '@/components/Markdown';
import { Segments } from '@/components/Segments';
import { Notice } from '@/components/states';
import { announce } from '@/work/announcer';
import { askedBy } from '@/work/asked';
import { answered, demonstrationBody, readDemonstration, toggleFlag, type DemonstrationForm } from '@/work/form';
import { useWork } from '@/work/useWork';
import type { VersionView } from './ConflictPanel';
import classes from './Demonstration.module.css';
import { WorkFrame } from './WorkFrame';

export function Demonstration({ assignment }: { assignment: Assignment }): ReactNode {
  const { t } = useTranslation('work');
  const work = useWork(assignment, readDemonstration);
  const { form, keeper } = work.draft;
  const [view, setView] = useState<'write' | 'preview'>('write');
  const field = useRef<HTMLTextAreaElement>(null);
  const asked = useMemo(() => askedBy(assignment.rubric?.content, 0), [assignment.rubric]);
  const empty = form.response.trim() === '';
  const unanswered = !answered(form.prompt_scales, asked.promptScales);

  const show = (next: 'write' | 'preview'): void => {
    setView(next);
    if (next === 'write') requestAnimationFrame(() => field.current?.focus());
    else field.current?.blur();
  };
  const submit = (): void => {
    if (empty) {
      announce(t('demonstration.empty'));
      show('write');
      return;
    }
    if (unanswered) {
      announce(t('prompt.unanswered'));
      return;
    }
    const body = demonstrationBody(form, asked);
    work.submission.submit({ ...body, active_seconds: work.clock.seconds() });
  };
  useKeys([
    {
      keys: ['p', 'alt+p'],
      label: t('demonstration.togglePreview'),
      group: t('demonstration.group'),
      run: () => show(view === 'write' ? 'preview' : 'write'),
    },
    {
      keys: 'Enter',
      label: t('demonstration.focus'),
      group: t('demonstration.group'),
      run: () => show('write'),
    },
  ]);

  const toggle = useCallback(
    (key: string) => {
      const now = keeper.state.get().form;
      keeper.edit({ ...now, prompt_flags: toggleFlag(now.prompt_flags, key) });
    },
    [keeper],
  );
  const answer = useCallback(
    (key: string, point: number) => {
      const now = keeper.state.get().form;
      keeper.edit({ ...now, prompt_scales: { ...now.prompt_scales, [key]: point } });
    },
    [keeper],
  );
  const conflict = useMemo<VersionView<DemonstrationForm>>(
    () => ({
      render: (version) => version.response || t('demonstration.nothing'),
      merge: (mine, other) => ({
        response: [mine.response, other.response].filter((text) => text.trim()).join('\n\n'),
        prompt_flags: { ...other.prompt_flags, ...mine.prompt_flags },
        prompt_scales: { ...other.prompt_scales, ...mine.prompt_scales },
      }),
    }),
    [t],
  );
  const words = countWords(form.response);
  const refused = work.submission.state.phase === 'refused' ? work.submission.state.error.fields.response : undefined;

  return (
    <WorkFrame
      work={work}
      progress={t('frame.left', { count: assignment.queue_left ?? 0 })}
      prompt={{
        flags: asked.promptFlags,
        values: form.prompt_flags,
        onToggle: toggle,
        scales: asked.promptScales,
        answers: form.prompt_scales,
        onAnswer: answer,
      }}
      lacking={empty ? t('demonstration.empty') : unanswered ? t('prompt.unanswered') : null}
      onSubmit={submit}
      conflict={conflict}
    >
      <div className={classes.head}>
        <h2 className={classes.title} id="answer-title">
          {t('demonstration.answer')}
        </h2>
        <span className={classes.length}>
          {t('demonstration.words', { count: words, formatted: formatNumber(words) })}
          {' · '}
          {t('demonstration.characters', { count: form.response.length, formatted: formatNumber(form.response.length) })}
        </span>
        <Segments
          label={t('demonstration.view')}
          value={view}
          onChange={show}
          options={[
            { value: 'write', label: t('demonstration.write') },
            {
              value: 'preview',
              label: (
                <>
                  {t('demonstration.preview')} <Key keys="alt+p" />
                </>
              ),
            },
          ]}
        />
      </div>
      {refused && (
        <div className={classes.refused} id="answer-error">
          <Notice tone="bad" role="alert">
            {refused}
          </Notice>
        </div>
      )}
      {view === 'write' ? (
        <textarea
          ref={field}
          className={classes.field}
          value={form.response}
          onChange={(event) => keeper.edit({ ...form, response: event.currentTarget.value })}
          aria-labelledby="answer-title"
          aria-invalid={refused ? true : undefined}
          aria-describedby={refused ? 'answer-error' : undefined}
          placeholder={t('demonstration.placeholder')}
          dir="auto"
          autoFocus
          spellCheck
        />
      ) : (
        <div className={classes.preview} tabIndex={0} role="region" aria-label={t('demonstration.preview')}>
          {empty ? <p className={classes.nothing}>{t('demonstration.nothing')}</p> : <Markdown text={form.response} />}
        </div>
      )}
    </WorkFrame>
  );
}

function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}
