/** A batch before it is published, as a labeler would meet it: the labelers' own pages, one task after the other. */
import { Button } from '@mantine/core';
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Project } from '@/api/projects';
import type { Schema } from '@/api/schemas';
import type { Assignment } from '@/api/types';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';
import { LoadingState } from '@/components/states';
// Every form has it; asked for here, it stays one file with what the preview shares of it.
import '@/pages/work/WorkFrame';
import { WorkForm } from '@/pages/work/WorkPage';
import { WorkSource } from '@/work/useWork';
import classes from './Preview.module.css';
import { PreviewDeeds, usePreviewWork } from './usePreviewWork';

const SensitiveWarning = lazy(async () => ({
  default: (await import('@/pages/work/SensitiveWarning')).SensitiveWarning,
}));

interface PreviewProps {
  preview: Schema<'Preview'>;
  project: Project;
  onClose: () => void;
}

export function Preview({ preview, project, onClose }: PreviewProps): ReactNode {
  const { t } = useTranslation('research');
  const { pages } = preview;
  const [place, setPlace] = useState(0);
  const [told, setTold] = useState('');
  const banner = useRef<HTMLElement>(null);
  useEffect(() => banner.current?.focus(), []);
  const page = pages[place];
  const last = place === pages.length - 1;
  const turn = (to: number, say = ''): void => {
    setTold(say);
    if (pages[to]) setPlace(to);
  };
  const after = (say: string): void => turn(place + 1, last ? `${say} ${t('preview.last')}` : say);
  useKeys([
    { keys: 'alt+b', label: t('preview.back'), group: t('preview.group'), run: () => turn(place - 1), when: place > 0 },
    { keys: 'alt+n', label: t('preview.next'), group: t('preview.group'), run: () => turn(place + 1), when: !last },
    { keys: 'alt+c', label: t('preview.close'), group: t('preview.group'), run: onClose },
  ]);
  if (!page) return null;
  const submitted = (): string => {
    const { stage, kind } = page.assignment;
    if (stage !== 'work') return t(`preview.submitted.${stage}`);
    return t(kind === 'prompt' ? 'preview.submitted.writing' : 'preview.submitted.work', { seconds: project.undo_seconds });
  };
  return (
    <div className={classes.preview}>
      <section ref={banner} className={classes.banner} tabIndex={-1} aria-label={t('preview.group')}>
        <strong>{t('preview.title')}</strong>
        <span>{t('preview.place', { place: place + 1, shown: pages.length, count: preview.tasks })}</span>
        <span className={classes.told} role="status">
          {told}
        </span>
        <span className={classes.ways}>
          <Button size="compact-sm" variant="default" onClick={() => turn(place - 1)} disabled={place === 0} rightSection={<Key keys="alt+b" />}>
            {t('preview.back')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => turn(place + 1)} disabled={last} rightSection={<Key keys="alt+n" />}>
            {t('preview.next')}
          </Button>
          <Button size="compact-sm" onClick={onClose} rightSection={<Key keys="alt+c" />}>
            {t('preview.close')}
          </Button>
        </span>
      </section>
      <div className={classes.page}>
        <Suspense fallback={<LoadingState />}>
          <Task
            key={page.assignment.id}
            page={page}
            onSubmit={() => after(submitted())}
            onSkip={() => after(t('preview.skipped'))}
          />
        </Suspense>
      </div>
    </div>
  );
}

interface TaskProps extends Pick<PreviewDeeds, 'onSubmit' | 'onSkip'> {
  page: Schema<'PreviewPage'>;
}

/** One task from the warning, where it has one, over the interpretation, where the rubric asks for it, to its form. */
function Task({ page, onSubmit, onSkip }: TaskProps): ReactNode {
  const [shown, setShown] = useState(false);
  const [interpretations, setInterpretations] = useState<Record<string, string> | null>(null);
  const assignment = useMemo<Assignment>(
    () =>
      interpretations
        ? { ...page.assignment, interpretations, prompt: { ...page.assignment.prompt, messages: page.messages } }
        : page.assignment,
    [page, interpretations],
  );
  if (assignment.prompt.sensitive.length > 0 && !shown) {
    return (
      <SensitiveWarning
        assignment={assignment}
        onShow={() => setShown(true)}
        onSkipped={onSkip}
      />
    );
  }
  return (
    <PreviewDeeds value={{ onSubmit, onSkip, onInterpret: setInterpretations }}>
      <WorkSource value={usePreviewWork}>
        <WorkForm assignment={assignment} />
      </WorkSource>
    </PreviewDeeds>
  );
}
