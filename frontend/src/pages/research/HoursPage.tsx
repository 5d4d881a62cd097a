/** Active time and items of each member between two days, and the file of it by day. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { hoursQuery } from '@/api/hours';
import type { Project } from '@/api/projects';
import { useFilters } from '@/app/filters';
import { formatDuration } from '@/app/format';
import { DataTable } from '@/components/DataTable';
import { Facts } from '@/components/Facts';
import { FilterError } from '@/components/FilterError';
import { SpanFields } from '@/components/SpanFields';
import { EmptyState, LoadingState } from '@/components/states';
import { ProjectFrame } from './ProjectFrame';

export function HoursPage(): ReactNode {
  return <ProjectFrame tab="hours">{(project) => <Hours project={project} />}</ProjectFrame>;
}

function Hours({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('research');
  const [span, setSpan] = useFilters(['since', 'until']);
  const hours = useQuery(hoursQuery(project.id, span));
  return (
    <>
      <SpanFields asked={span} shown={hours.data} onChange={setSpan} file={`/projects/${project.id}/hours/csv`} />
      {!hours.data ? (
        hours.error ? (
          <FilterError error={hours.error} onRetry={() => void hours.refetch()} />
        ) : (
          <LoadingState />
        )
      ) : (
        <>
          <Facts
            facts={[
              { label: t('hours.items'), value: hours.data.items },
              { label: t('hours.active'), value: formatDuration(hours.data.active_seconds) },
              { label: t('hours.zone'), value: hours.data.time_zone },
            ]}
          />
          <DataTable
            label={t('tab.hours')}
            rows={hours.data.labelers}
            rowKey={(labeler) => labeler.member}
            empty={<EmptyState title={t('hours.emptyTitle')} text={t('hours.emptyText')} />}
            columns={[
              { key: 'name', header: t('members.name'), cell: (labeler) => labeler.username },
              { key: 'items', header: t('hours.items'), numeric: true, cell: (labeler) => labeler.items },
              { key: 'active', header: t('hours.active'), numeric: true, cell: (labeler) => formatDuration(labeler.active_seconds) },
              {
                key: 'each',
                header: t('hours.each'),
                numeric: true,
                cell: (labeler) => (labeler.items ? formatDuration(labeler.active_seconds / labeler.items) : '–'),
              },
            ]}
          />
        </>
      )}
    </>
  );
}
