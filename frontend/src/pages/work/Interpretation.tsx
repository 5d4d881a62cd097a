/** Before the prompt is shown: what does each output say to somebody who has not seen it? */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/errors';
import type { Assignment } from '@/api/types';
import { assignmentQuery, sendInterpretations } from '@/api/work';
import { Letter } from '@/components/Letter';
import { Markdown } from '@/components/Markdown';
import { Notice } from '@/components/states';
import { announce } from '@/work/announcer';
import { readInterpretation, type InterpretationForm } from '@/work/form';
import { letterOf } from '@/work/letters';
import { useWork } from '@/work/useWork';
import type { VersionView } from './ConflictPanel';
import classes from './Interpretation.module.css';
import { WorkFrame } from './WorkFrame';

export function Interpretation({ assignment }: { assignment: Assignment }): ReactNode {
  const { t } = useTranslation('work');
  const queries = useQueryClient();
  const ids = useMemo(() => assignment.candidates.map((candidate) => candidate.id), [assignment.candidates]);
  const read = useCallback((draft: unknown) => readInterpretation(draft, ids), [ids]);
  const work = useWork(assignment, read);
  const { form, keeper } = work.draft;
  const [tried, setTried] = useState(false);
  const sending = useMutation({
    mutationFn: () => sendInterpretations(assignment.id, form.interpretations),
    onSuccess: (page) => {
      keeper.stop(true);
      queries.setQueryData(assignmentQuery(assignment.id).queryKey, page);
    },
  });
  const open = ids.filter((id) => !form.interpretations[id]?.trim());
  const refused = sending.error instanceof ApiError ? sending.error.fields : {};

  const write = (id: string, text: string): void => {
    const now = keeper.state.get().form;
    keeper.edit({ ...now, interpretations: { ...now.interpretations, [id]: text } });
  };
  const show = (): void => {
    if (open[0]) {
      setTried(true);
      announce(t('interpretation.open'));
      document.getElementById(`says-${open[0]}`)?.focus();
    } else if (work.preview) {
      work.preview.interpret(form.interpretations);
    } else {
      sending.mutate();
    }
  };
  const conflict = useMemo<VersionView<InterpretationForm>>(
    () => ({
      render: (version) => ids.map((id, position) => `${letterOf(position)}: ${version.interpretations[id] ?? ''}`).join('\n'),
      merge: (mine, other) => ({
        ...mine,
        interpretations: Object.fromEntries(
          ids.map((id) => [id, [mine.interpretations[id], other.interpretations[id]].filter((text) => text?.trim()).join('\n')]),
        ),
      }),
    }),
    [ids],
  );

  return (
    <WorkFrame
      work={work}
      progress={t('interpretation.progress', { written: ids.length - open.length, count: ids.length })}
      prompt={null}
      lacking={open.length ? t('interpretation.lacking', { letters: open.map((id) => letterOf(ids.indexOf(id))).join(' ') }) : null}
      onSubmit={show}
      submitLabel={t('interpretation.show')}
      conflict={conflict}
    >
      <div className={classes.page}>
        <p className={classes.intro}>{t('interpretation.intro')}</p>
        {sending.error && Object.keys(refused).length === 0 && (
          <Notice tone="bad" role="alert">
            {sending.error.message}
          </Notice>
        )}
        {assignment.candidates.map((candidate, position) => {
          const lacks = tried && open.includes(candidate.id);
          return (
            <section key={candidate.id} className={classes.output} aria-label={t('comparison.output', { letter: letterOf(position) })}>
              <div className={classes.text}>
                <Letter position={position} />
                <Markdown text={candidate.text} />
              </div>
              <label className={classes.says}>
                <span>{t('interpretation.says', { letter: letterOf(position) })}</span>
                <textarea
                  id={`says-${candidate.id}`}
                  rows={3}
                  maxLength={5000}
                  dir="auto"
                  aria-invalid={lacks || undefined}
                  value={form.interpretations[candidate.id] ?? ''}
                  onChange={(event) => write(candidate.id, event.currentTarget.value)}
                />
                {(lacks || refused[`interpretations.${candidate.id}`]) && (
                  <span className={classes.error}>{refused[`interpretations.${candidate.id}`] ?? t('interpretation.open')}</span>
                )}
              </label>
            </section>
          );
        })}
      </div>
    </WorkFrame>
  );
}
