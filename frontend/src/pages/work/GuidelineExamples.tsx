/** Worked examples: an answer, whether it is good, and why. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Guideline } from '@/api/types';
import { Markdown } from '@/components/Markdown';
import { Status } from '@/components/Status';
import classes from './Guideline.module.css';

export function GuidelineExamples({ examples }: { examples: Guideline['examples'] }): ReactNode {
  const { t } = useTranslation('learn');
  return (
    <ol className={classes.examples} aria-label={t('guideline.examples')}>
      {examples.map((example, index) => (
        <li key={index}>
          <Status tone={example.good ? 'good' : 'bad'}>{t(example.good ? 'guideline.good' : 'guideline.bad')}</Status>
          <div className={classes.reason}>{example.reason}</div>
          <div className={classes.part}>{t('guideline.examplePrompt')}</div>
          <Markdown text={example.prompt} />
          <div className={classes.part}>{t('guideline.exampleAnswer')}</div>
          <Markdown text={example.answer} />
        </li>
      ))}
    </ol>
  );
}
