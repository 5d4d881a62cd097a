/** What gold and constant items say about each labeler, each figure with its interval and what it rests on. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { checkReportQuery } from '@/api/projects';
import type { Schema } from '@/api/schemas';
import { formatDay, formatPercent } from '@/app/format';
import { paths } from '@/app/paths';
import { DataTable } from '@/components/DataTable';
import { Interval } from '@/components/Interval';
import { EmptyState, ErrorState, LoadingState } from '@/components/states';
import { ProjectFrame } from './ProjectFrame';

export function ChecksPage(): ReactNode {
  return <ProjectFrame tab="checks">{(project) => <Checks project={project.id} />}</ProjectFrame>;
}

function Checks({ project }: { project: string }): ReactNode {
  const { t } = useTranslation('research');
  const report = useQuery(checkReportQuery(project));
  if (report.error && !report.data) return <ErrorState error={report.error} onRetry={() => void report.refetch()} />;
  if (!report.data) return <LoadingState />;
  return (
    <>
      <Text c="dimmed" mb="md" maw="44rem">
        {t('checkReport.intro')} <Link to={paths.projectSettings(project)}>{t('checkReport.settings')}</Link>
      </Text>
      <DataTable
        label={t('checkReport.title')}
        rows={report.data.labelers}
        rowKey={(row) => row.labeler}
        empty={<EmptyState title={t('checkReport.emptyTitle')} text={t('checkReport.emptyText')} />}
        columns={[
          { key: 'labeler', header: t('checkReport.labeler'), cell: (row) => row.labeler },
          { key: 'gold', header: t('checkReport.gold'), cell: (row) => <Share share={row.gold} /> },
          { key: 'constant', header: t('checkReport.constant'), cell: (row) => <Share share={row.constant} /> },
          { key: 'weeks', header: t('checkReport.weeks'), cell: (row) => <Weeks weeks={row.weeks} /> },
        ]}
      />
    </>
  );
}

function Share({ share: { value, low, high, n, items } }: { share: Schema<'ItemShare'> }): ReactNode {
  const { t } = useTranslation('research');
  if (value === null || low === null || high === null) return <Text c="dimmed">{t('checkReport.none')}</Text>;
  const text = t('checkReport.estimate', { value: whole(value), low: whole(low), high: whole(high) });
  return (
    <>
      <Text>{text}</Text>
      <Interval mark={{ value, low, high }} from={0} to={1} text={text} write={whole} />
      <Text size="xs" c="dimmed">
        {t('checkReport.rests', { pairs: n, count: items })}
      </Text>
    </>
  );
}

function Weeks({ weeks }: { weeks: readonly Schema<'WeekShare'>[] }): ReactNode {
  const { t } = useTranslation('research');
  return weeks.map(({ week, value, items }) => (
    <Text key={week} size="sm">
      {t('checkReport.week', {
        week: formatDay(week),
        value: whole(value ?? 0),
        items: t('checkReport.items', { count: items }),
      })}
    </Text>
  ));
}

const whole = (share: number): string => formatPercent(share, 0);
