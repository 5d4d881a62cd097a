/** What the site stands on, and what to do where something of it is away. */
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { healthQuery } from '@/api/people';
import type { Schema } from '@/api/schemas';
import { paths } from '@/app/paths';
import { DataTable } from '@/components/DataTable';
import { Facts } from '@/components/Facts';
import { Page, Section } from '@/components/Page';
import { Plain } from '@/components/Plain';
import { EmptyState, ErrorState, LoadingState, Notice } from '@/components/states';
import { Status } from '@/components/Status';
import { Time } from '@/components/Time';

export function HealthPage(): ReactNode {
  const { t } = useTranslation('admin');
  const health = useQuery(healthQuery);
  return (
    <Page title={t('health.title')} intro={t('health.intro')}>
      {health.data ? (
        <Content health={health.data} />
      ) : health.error ? (
        <ErrorState error={health.error} onRetry={() => void health.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Page>
  );
}

function Content({ health }: { health: Schema<'Health'> }): ReactNode {
  const { t } = useTranslation('admin');
  const workers = health.worker_list ?? [];
  const state = (well: boolean): ReactNode => (
    <Status tone={well ? 'good' : 'bad'}>{t(well ? 'health.up' : 'health.down')}</Status>
  );
  return (
    <>
      <Facts
        facts={[
          { label: t('health.database'), value: state(health.database) },
          { label: t('health.broker'), value: state(health.broker) },
          {
            label: t('health.workers'),
            value: (
              <Status tone={health.workers > 0 ? 'good' : 'bad'}>{t('health.living', { count: health.workers })}</Status>
            ),
          },
        ]}
      />
      <Stack my="lg" gap="sm">
        {!health.database && <Notice tone="bad">{t('health.databaseHelp')}</Notice>}
        {!health.broker && <Notice tone="bad">{t('health.brokerHelp')}</Notice>}
        {health.workers === 0 && (
          <Notice tone="warn">
            {t('health.noWorker')} <Plain text={t('health.noWorkerHelp')} />
          </Notice>
        )}
        {health.status === 'ok' && <Text>{t('health.allWell')}</Text>}
      </Stack>
      <Section title={t('health.workers')}>
        <DataTable
          label={t('health.workers')}
          rows={workers}
          rowKey={(worker) => worker.name}
          empty={<EmptyState title={t('health.noneSeen')} text={t('health.noneSeenText')} />}
          columns={[
            { key: 'name', header: t('name'), cell: (worker) => worker.name },
            { key: 'queues', header: t('health.queues'), cell: (worker) => worker.queues.join(', ') },
            { key: 'seen', header: t('health.seen'), cell: (worker) => <Time at={worker.last_seen_at} /> },
            {
              key: 'busy',
              header: t('health.busy'),
              cell: (worker) =>
                worker.busy_with ? <Link to={paths.run(worker.busy_with)}>{t('health.itsRun')}</Link> : t('health.idle'),
            },
          ]}
        />
      </Section>
    </>
  );
}
