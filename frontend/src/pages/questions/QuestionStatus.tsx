import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { QuestionLine } from '@/api/questions';
import { Status } from '@/components/Status';

export function QuestionStatus({ line }: { line: QuestionLine }): ReactNode {
  const { t } = useTranslation('questions');
  if (line.waits_since) return <Status tone="warn">{t('status.waiting')}</Status>;
  return line.published ? (
    <Status tone="good">{t('status.published')}</Status>
  ) : (
    <Status tone="quiet">{t('status.answered')}</Status>
  );
}
