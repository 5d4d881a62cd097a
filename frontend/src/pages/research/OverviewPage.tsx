/** A project at a glance: what there is to work on, how the work goes, and what waits for the researcher. */
import { Button, Group, SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { overviewQuery, type Project } from '@/api/projects';
import type { Schema } from '@/api/schemas';
import { withFilters } from '@/app/filters';
import { formatNumber, formatWeekday } from '@/app/format';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { BarList } from '@/components/BarList';
import { Facts } from '@/components/Facts';
import { Key } from '@/components/Key';
import { Section } from '@/components/Page';
import { EmptyState, ErrorState, LoadingState, Notice } from '@/components/states';
import classes from './OverviewPage.module.css';
import { ProjectFrame } from './ProjectFrame';
import { useLabels } from './labels';

export function OverviewPage(): ReactNode {
  return (
    <ProjectFrame tab="overview" actions={(project) => <Actions project={project} />}>
      {(project) => <Overview project={project} />}
    </ProjectFrame>
  );
}

function Actions({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('research');
  const navigate = useNavigate();
  useKeys([
    { keys: 'i', label: t('prompts.import'), group: t('tab.label'), run: () => void navigate(paths.importPrompts(project.id)) },
    { keys: 'p', label: t('publish.title'), group: t('tab.label'), run: () => void navigate(paths.publish(project.id)) },
  ]);
  return (
    <>
      <Button component={Link} to={paths.importPrompts(project.id)} variant="default" rightSection={<Key keys="i" />}>
        {t('prompts.import')}
      </Button>
      <Button component={Link} to={paths.publish(project.id)} rightSection={<Key keys="p" />}>
        {t('publish.title')}
      </Button>
    </>
  );
}

function Overview({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('research');
  const overview = useQuery(overviewQuery(project.id));
  if (!overview.data) {
    return overview.error ? (
      <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />
    ) : (
      <LoadingState />
    );
  }
  const { prompts, queue, batches } = overview.data;
  if (prompts.total === 0) {
    return (
      <EmptyState title={t('overview.emptyTitle')} text={t('overview.emptyText')}>
        <Button component={Link} to={paths.importPrompts(project.id)}>
          {t('prompts.import')}
        </Button>
      </EmptyState>
    );
  }
  return (
    <>
      {batches.in_review > 0 && (
        <Notice tone="info">
          <Group justify="space-between">
            <span>{t('overview.waiting', { count: batches.in_review })}</span>
            <Button
              component={Link}
              to={withFilters(paths.batches(), { project: project.id, status: 'in_review' })}
              size="compact-sm"
            >
              {t('overview.review')}
            </Button>
          </Group>
        </Notice>
      )}
      <Section title={t('overview.work')}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
          <div>
            <Queue queue={queue} />
          </div>
          <Throughput days={overview.data.judgments_last_7_days} freeSlots={queue.free_slots} />
        </SimpleGrid>
      </Section>
      <Prompts project={project} prompts={prompts} />
    </>
  );
}

function Queue({ queue }: { queue: Schema<'Queue'> }): ReactNode {
  const { t } = useTranslation('research');
  const all = queue.free_slots + queue.held_slots + queue.done_slots;
  const parts = [
    { key: 'done', count: queue.done_slots },
    { key: 'held', count: queue.held_slots },
    { key: 'free', count: queue.free_slots },
  ] as const;
  return (
    <>
      <Text fw={600}>{t('overview.slots', { count: queue.free_slots })}</Text>
      <div className={classes.stack} aria-hidden="true">
        {parts.map((part) => (
          <span key={part.key} data-part={part.key} style={{ width: `${(100 * part.count) / Math.max(1, all)}%` }} />
        ))}
      </div>
      <Facts
        facts={[
          ...parts.map((part) => ({ label: t(`overview.slot.${part.key}`), value: formatNumber(part.count) })),
          { label: t('overview.openTasks'), value: formatNumber(queue.open_tasks) },
          { label: t('overview.heldTasks'), value: formatNumber(queue.held_tasks) },
        ]}
      />
    </>
  );
}

function Throughput({ days, freeSlots }: { days: Schema<'DayCount'>[]; freeSlots: number }): ReactNode {
  const { t } = useTranslation('research');
  const most = Math.max(1, ...days.map((day) => day.count));
  const week = days.reduce((sum, day) => sum + day.count, 0);
  return (
    <div>
      <Text fw={600}>{t('overview.week', { count: week })}</Text>
      <ol className={classes.days}>
        {days.map((day) => (
          <li key={day.day} title={day.day}>
            <span>{day.count || ''}</span>
            <span className={classes.bar} aria-hidden="true">
              <span style={{ height: `${(100 * day.count) / most}%` }} />
            </span>
            <span className={classes.day}>{formatWeekday(day.day)}</span>
          </li>
        ))}
      </ol>
      <Text c="dimmed">
        {week > 0 && freeSlots > 0 ? t('overview.forecast', { count: Math.ceil((7 * freeSlots) / week) }) : t('overview.noForecast')}
      </Text>
    </div>
  );
}

function Prompts({ project, prompts }: { project: Project; prompts: Schema<'PromptTotals'> }): ReactNode {
  const { t } = useTranslation('research');
  const labels = useLabels();
  const to = (filters: Record<string, string>): string => withFilters(paths.prompts(project.id), filters);
  const lists = [
    { name: 'split', counts: prompts.by_split, label: labels.split },
    { name: 'use_case', counts: prompts.by_use_case, label: labels.useCase },
    { name: 'source', counts: prompts.by_source, label: (key: string) => key || t('overview.noSource') },
    { name: 'language', counts: prompts.by_language, label: labels.language },
  ] as const;
  return (
    <Section title={t('overview.prompts', { count: prompts.total })}>
      <Facts
        facts={[
          { label: t('overview.withoutConsent'), value: formatNumber(prompts.without_consent) },
          { label: t('overview.personalData'), value: formatNumber(prompts.personal_data) },
          { label: t('overview.heldBack'), value: formatNumber(prompts.held_back) },
        ]}
      />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="xl" mt="md">
        {lists.map((list) => (
          <div key={list.name}>
            <Text fw={600} mb={4}>
              {t(`overview.by.${list.name}`)}
            </Text>
            <BarList
              label={t(`overview.by.${list.name}`)}
              bars={Object.entries(list.counts).map(([key, count]) => ({
                key,
                label: list.label(key),
                count,
                to: list.name === 'language' || !key ? undefined : to({ [list.name]: key }),
              }))}
            />
          </div>
        ))}
      </SimpleGrid>
    </Section>
  );
}
