/** What I have done: newest first, with what can still be opened or taken back. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { pagedQuery } from '@/api/paged';
import type { HistoryLine } from '@/api/types';
import { formatDuration } from '@/app/format';
import { paths } from '@/app/paths';
import { PagedTable } from '@/components/DataTable';
import { Page } from '@/components/Page';
import { EmptyState } from '@/components/states';
import { Time } from '@/components/Time';
import classes from './HistoryPage.module.css';
import { OPEN_STATES } from './openStates';

export function HistoryPage(): ReactNode {
  const { t } = useTranslation('work');
  const { t: beside } = useTranslation('beside');
  const { t: common } = useTranslation();
  const lines = useInfiniteQuery(pagedQuery<HistoryLine>('/assignments'));
  return (
    <Page title={beside('history.title')} intro={beside('history.intro')} actions={<Link to={paths.questions()}>{beside('history.questions')}</Link>}>
      <PagedTable
        query={lines}
        label={beside('history.title')}
        rowKey={(line) => line.id}
        empty={<EmptyState title={beside('history.emptyTitle')} text={beside('history.emptyText')} />}
        columns={[
          { key: 'when', header: beside('history.when'), cell: (line) => <Time at={line.submitted_at ?? line.created_at} /> },
          {
            key: 'task',
            header: beside('history.task'),
            cell: (line) => (
              <Link to={OPEN_STATES.has(line.state) ? paths.work(line.id) : paths.submission(line.id)} dir="auto">
                {line.title}
              </Link>
            ),
          },
          { key: 'kind', header: beside('history.kind'), cell: (line) => common(`kind.${line.kind}`) },
          { key: 'project', header: beside('history.project'), cell: (line) => line.project_name },
          {
            key: 'state',
            header: beside('history.state'),
            cell: (line) => (
              <>
                {t(line.state === 'returned' && !line.returned ? 'state.given' : `state.${line.state}`)}
                {line.may_correct && <span className={classes.may}>{beside('history.mayCorrect')}</span>}
                {line.returned && <div>{line.returned.reasons}</div>}
              </>
            ),
          },
          {
            key: 'time',
            header: beside('history.time'),
            numeric: true,
            cell: (line) => (line.active_seconds === null ? '–' : formatDuration(line.active_seconds)),
          },
        ]}
      />
    </Page>
  );
}
