/** Own work in one project: items and active time by week and day, agreement where the project shows it, the file. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { ownAgreementQuery, progressQuery } from '@/api/hours';
import { useFilters } from '@/app/filters';
import { formatDuration, formatPercent } from '@/app/format';
import { paths } from '@/app/paths';
import { DataTable } from '@/components/DataTable';
import { Facts } from '@/components/Facts';
import { Page, Section } from '@/components/Page';
import { SpanFields } from '@/components/SpanFields';
import { EmptyState, ErrorState, LoadingState } from '@/components/states';

export function ProgressPage(): ReactNode {
  const { t } = useTranslation('beside');
  const { t: work } = useTranslation('work');
  const { project = '' } = useParams();
  const [span, setSpan] = useFilters(['since', 'until']);
  const progress = useQuery(progressQuery(project, span));
  const shown = progress.data;
  return (
    <Page title={t('progress.title')} intro={t('progress.intro')} trail={[{ label: work('home.title'), to: paths.home() }]}>
      <SpanFields asked={span} shown={shown} onChange={setSpan} file={`/projects/${project}/progress/csv`} />
      {!shown ? (
        progress.error ? (
          <ErrorState error={progress.error} onRetry={() => void progress.refetch()} />
        ) : (
          <LoadingState />
        )
      ) : (
        <>
          <Facts
            facts={[
              { label: t('progress.items'), value: shown.items },
              { label: t('progress.active'), value: formatDuration(shown.active_seconds) },
              { label: t('progress.zone'), value: shown.time_zone },
            ]}
          />
          <Agreement project={project} />
          <Section title={t('progress.weeks')}>
            <DataTable
              label={t('progress.weeks')}
              rows={shown.weeks.filter((week) => week.items > 0 || week.active_seconds > 0)}
              rowKey={(week) => week.week}
              empty={<EmptyState title={t('progress.emptyTitle')} text={t('progress.emptyText')} />}
              columns={[
                { key: 'week', header: t('progress.week'), cell: (week) => week.week },
                { key: 'items', header: t('progress.items'), numeric: true, cell: (week) => week.items },
                { key: 'active', header: t('progress.active'), numeric: true, cell: (week) => formatDuration(week.active_seconds) },
              ]}
            />
          </Section>
          <Section title={t('progress.days')}>
            <DataTable
              label={t('progress.days')}
              rows={shown.days.filter((day) => day.items > 0 || day.active_seconds > 0)}
              rowKey={(day) => day.day}
              empty={<Text c="dimmed">{t('progress.emptyTitle')}</Text>}
              columns={[
                { key: 'day', header: t('progress.day'), cell: (day) => day.day },
                { key: 'items', header: t('progress.items'), numeric: true, cell: (day) => day.items },
                { key: 'active', header: t('progress.active'), numeric: true, cell: (day) => formatDuration(day.active_seconds) },
              ]}
            />
          </Section>
        </>
      )}
    </Page>
  );
}

/** How far one agrees with others, or why it is not told. */
function Agreement({ project }: { project: string }): ReactNode {
  const { t } = useTranslation('beside');
  const { data } = useQuery(ownAgreementQuery(project));
  if (!data) return null;
  return (
    <Section title={t('progress.agreement')}>
      <Text>
        {data.value === null
          ? data.why
          : t('progress.agrees', {
              value: formatPercent(data.value),
              low: formatPercent(data.low ?? data.value),
              high: formatPercent(data.high ?? data.value),
              count: data.n ?? 0,
            })}
      </Text>
    </Section>
  );
}
