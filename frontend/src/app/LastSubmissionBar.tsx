/** For a minute after a submission: what was submitted, and the way to take it back. */
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { assignmentQuery, homeQuery, undoSubmission } from '@/api/work';
import { Key } from '@/components/Key';
import { ErrorText } from '@/components/states';
import { rememberSubmission, type LastSubmission } from '@/work/lastSubmission';
import { serverNow } from '@/work/serverClock';
import { formatClock } from './format';
import { useKeys } from './keys';
import { paths } from './paths';
import classes from './LastSubmissionBar.module.css';

export function LastSubmissionBar({ last }: { last: LastSubmission }): ReactNode {
  const { t } = useTranslation('work');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const left = useSecondsLeft(last.until);
  const undo = useMutation({
    mutationFn: () => undoSubmission(last.assignment),
    onSuccess: (assignment) => {
      rememberSubmission(null);
      queries.setQueryData(assignmentQuery(assignment.id).queryKey, assignment);
      void queries.invalidateQueries({ queryKey: homeQuery.queryKey });
      void navigate(paths.work(assignment.id));
    },
  });
  const run = (): void => {
    if (!undo.isPending) undo.mutate();
  };
  useKeys([{ keys: ['shift+u', 'alt+u'], label: t('undo.undo'), group: t('undo.group'), run }]);
  useEffect(() => {
    if (left <= 0 && !undo.isPending) rememberSubmission(null);
  }, [left, undo.isPending]);
  return (
    <div className={classes.bar} role="status">
      <span className={classes.text}>
        <strong>{t(`undo.submitted.${last.kind}`)}</strong> {last.excerpt}
      </span>
      {undo.error && (
        <span className={classes.error}>
          <ErrorText error={undo.error} />
        </span>
      )}
      <Button size="compact-sm" variant="default" onClick={run} loading={undo.isPending} rightSection={<Key keys="shift+u" />}>
        {t('undo.undo')}
      </Button>
      <span className={classes.left} aria-hidden="true">
        {formatClock(left)}
      </span>
    </div>
  );
}

function useSecondsLeft(until: string): number {
  const measure = (): number => (Date.parse(until) - serverNow()) / 1000;
  const [left, setLeft] = useState(measure);
  useEffect(() => {
    const timer = setInterval(() => setLeft((Date.parse(until) - serverNow()) / 1000), 1000);
    return () => clearInterval(timer);
  }, [until]);
  return left;
}
