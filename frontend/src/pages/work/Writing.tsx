/** Writing a prompt: plain, few-shot, for a user's wish, or one anew so that it tells of nobody. */
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { USE_CASES } from '@/api/schemas';
import type { Assignment, Brief } from '@/api/types';
import { formatNumber } from '@/app/format';
import { useKeys } from '@/app/keys';
import { Choice } from '@/components/Choice';
import { Key } from '@/components/Key';
import { Markdown } from '@/components/Markdown';
import { Segments } from '@/components/Segments';
import { Notice } from '@/components/states';
import { announce } from '@/work/announcer';
import { askedBy } from '@/work/asked';
import { answered, toggleFlag } from '@/work/form';
import { useWork } from '@/work/useWork';
import { lackingIn, readWriting, writingBody, type WritingForm } from '@/work/writing';
import type { VersionView } from './ConflictPanel';
import { PairFields } from './PairFields';
import { WorkFrame } from './WorkFrame';
import classes from './Writing.module.css';
import { WritingBrief } from './WritingBrief';
import { WrittenText } from './WrittenText';

export function Writing({ assignment, brief }: { assignment: Assignment; brief: Brief }): ReactNode {
  const { t } = useTranslation('writing');
  const { t: work_ } = useTranslation('work');
  const { t: common } = useTranslation();
  const work = useWork(assignment, (kept) => readWriting(kept, brief));
  const { form, keeper } = work.draft;
  const [view, setView] = useState<'write' | 'preview'>('write');
  const field = useRef<HTMLTextAreaElement>(null);
  const asked = useMemo(() => askedBy(assignment.rubric?.content, 0), [assignment.rubric]);
  const lack = lackingIn(form);
  const lacking = lack ? t(`lacking.${lack}`)
    : answered(form.prompt_scales, asked.promptScales) ? null
    : work_('prompt.unanswered');
  const errors = work.submission.state.phase === 'refused' ? work.submission.state.error.fields : {};
  const edit = useCallback(
    (change: Partial<WritingForm>): void => keeper.edit({ ...keeper.state.get().form, ...change }),
    [keeper],
  );

  const show = (next: 'write' | 'preview'): void => {
    setView(next);
    if (next === 'write') requestAnimationFrame(() => field.current?.focus());
    else field.current?.blur();
  };
  const submit = (): void => {
    if (lacking) {
      announce(lacking);
      if (lack === 'text') show('write');
      return;
    }
    work.submission.submit({ ...writingBody(form, asked), active_seconds: work.clock.seconds() });
  };
  const group = t('write.group');
  useKeys([
    { keys: ['p', 'alt+p'], label: t('write.togglePreview'), group, run: () => show(view === 'write' ? 'preview' : 'write') },
    { keys: 'Enter', label: t('write.focus'), group, run: () => show('write') },
  ]);
  const toggle = useCallback(
    (key: string) => edit({ prompt_flags: toggleFlag(keeper.state.get().form.prompt_flags, key) }),
    [edit, keeper],
  );
  const answer = useCallback(
    (key: string, point: number) => edit({ prompt_scales: { ...keeper.state.get().form.prompt_scales, [key]: point } }),
    [edit, keeper],
  );
  const conflict = useMemo<VersionView<WritingForm>>(
    () => ({
      render: (version) => <WrittenText text={version.text || t('write.nothing')} pairs={version.pairs} />,
      merge: (mine, other) => ({
        ...mine,
        text: [mine.text, other.text].filter((text) => text.trim()).join('\n\n'),
        pairs: [...mine.pairs, ...other.pairs.filter(({ query, response }) => query.trim() || response.trim())],
        use_case: mine.use_case || other.use_case,
        language: mine.language || other.language,
        prompt_flags: { ...other.prompt_flags, ...mine.prompt_flags },
        prompt_scales: { ...other.prompt_scales, ...mine.prompt_scales },
      }),
    }),
    [t],
  );
  const words = form.text.match(/\S+/g)?.length ?? 0;
  const fewShot = brief.pairs !== null;

  return (
    <WorkFrame
      work={work}
      progress={work_('frame.left', { count: assignment.queue_left ?? 0 })}
      prompt={{
        flags: asked.promptFlags,
        values: form.prompt_flags,
        onToggle: toggle,
        scales: asked.promptScales,
        answers: form.prompt_scales,
        onAnswer: answer,
      }}
      brief={<WritingBrief brief={brief} />}
      lacking={lacking}
      onSubmit={submit}
      conflict={conflict}
    >
      <div className={classes.body}>
        {(!brief.use_case || !brief.language) && (
          <div className={classes.choices}>
            {!brief.use_case && (
              <Choice
                label={t('brief.useCase')}
                value={form.use_case}
                onChange={(use_case) => edit({ use_case })}
                options={USE_CASES.map((value) => ({ value, label: common(`useCase.${value}`) }))}
                none={t('write.chooseUseCase')}
                error={errors.use_case}
                description={form.use_case ? t(`about.${form.use_case as (typeof USE_CASES)[number]}`) : undefined}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
              />
            )}
            {!brief.language && (
              <TextInput
                label={t('brief.language')}
                value={form.language}
                onChange={(event) => edit({ language: event.currentTarget.value })}
                error={errors.language}
                description={t('write.languageHelp')}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                maxLength={35}
              />
            )}
          </div>
        )}
        <div className={classes.head}>
          <h2 className={classes.title} id="text-title">
            {t(`write.label.${brief.sort}`)}
          </h2>
          <span className={classes.length}>
            {t('write.words', { count: words, formatted: formatNumber(words) })}
            {' · '}
            {t('write.characters', { count: form.text.length, formatted: formatNumber(form.text.length) })}
          </span>
          {brief.source !== null && form.text === '' && (
            <Button size="compact-xs" variant="default" onClick={() => edit({ text: brief.source ?? '' })}>
              {t('write.takeSource')}
            </Button>
          )}
          <Segments
            label={t('write.view')}
            value={view}
            onChange={show}
            options={[
              { value: 'write', label: t('write.write') },
              {
                value: 'preview',
                label: (
                  <>
                    {t('write.preview')} <Key keys="alt+p" />
                  </>
                ),
              },
            ]}
          />
        </div>
        {errors.text && (
          <div id="text-error">
            <Notice tone="bad" role="alert">
              {errors.text}
            </Notice>
          </div>
        )}
        {view === 'write' ? (
          <textarea
            ref={field}
            className={classes.field}
            data-tall={fewShot ? undefined : true}
            rows={fewShot ? 4 : undefined}
            value={form.text}
            onChange={(event) => edit({ text: event.currentTarget.value })}
            aria-labelledby="text-title"
            aria-invalid={errors.text ? true : undefined}
            aria-describedby={errors.text ? 'text-error' : undefined}
            placeholder={t('write.placeholder')}
            dir="auto"
            autoFocus
            spellCheck
          />
        ) : (
          <div className={classes.preview} tabIndex={0} role="region" aria-label={t('write.preview')}>
            {form.text.trim() ? <Markdown text={form.text} /> : <p className={classes.quiet}>{t('write.nothing')}</p>}
          </div>
        )}
        {brief.pairs !== null && (
          <PairFields pairs={form.pairs} least={brief.pairs} onChange={(pairs) => edit({ pairs })} errors={errors} />
        )}
        {errors.personal_data && (
          <Notice tone="warn" role="alert">
            {errors.personal_data}
          </Notice>
        )}
        {brief.sort !== 'anonymize' && (errors.personal_data || form.personal_data_meant) && (
          <Checkbox
            label={t('write.meant')}
            checked={form.personal_data_meant}
            onChange={(event) => edit({ personal_data_meant: event.currentTarget.checked })}
          />
        )}
      </div>
    </WorkFrame>
  );
}
