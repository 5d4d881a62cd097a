/** The rubric of a project: what is asked of each output and of the prompt, version by version. */
import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { rubricsQuery, type Project } from '@/api/projects';
import type { Scale } from '@/api/types';
import { useFilters } from '@/app/filters';
import { Choice } from '@/components/Choice';
import { DataTable } from '@/components/DataTable';
import { Facts } from '@/components/Facts';
import { Section } from '@/components/Page';
import { EmptyState, ErrorState, LoadingState } from '@/components/states';
import { Time } from '@/components/Time';
import { pointsOf } from '@/work/scales';
import { ProjectFrame } from './ProjectFrame';
import { ASKS, RubricForm } from './RubricForm';

const FLAGS = ['output_flags', 'prompt_flags'] as const;
const SCALES = ['output_scales', 'prompt_scales'] as const;

export function RubricPage(): ReactNode {
  return <ProjectFrame tab="rubric">{(project) => <Rubric project={project} />}</ProjectFrame>;
}

function Rubric({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('research');
  const { t: common } = useTranslation();
  const [filters, setFilter] = useFilters(['version']);
  const [changing, setChanging] = useState(false);
  const rubrics = useQuery(rubricsQuery(project.id));
  if (!rubrics.data) {
    return rubrics.error ? (
      <ErrorState error={rubrics.error} onRetry={() => void rubrics.refetch()} />
    ) : (
      <LoadingState />
    );
  }
  const all = rubrics.data.results;
  const shown = all.find((rubric) => String(rubric.version) === filters.version) ?? all[0];
  if (changing) {
    return (
      <RubricForm
        project={project}
        content={all[0]?.content ?? { output_flags: [], prompt_flags: [] }}
        onDone={() => setChanging(false)}
      />
    );
  }
  return (
    <>
      <Group align="flex-end" mb="md">
        {all.length > 1 && (
          <Choice
            label={t('guidelines.version')}
            value={String(shown?.version ?? '')}
            onChange={(value) => setFilter('version', value)}
            options={all.map((rubric) => ({ value: String(rubric.version), label: String(rubric.version) }))}
          />
        )}
        <Button variant="default" onClick={() => setChanging(true)}>
          {t('guidelines.new')}
        </Button>
        {shown && (
          <Text c="dimmed">
            {t('guidelines.versionNumber', { version: shown.version })} {'·'} <Time at={shown.created_at} />
          </Text>
        )}
      </Group>
      {!shown && <EmptyState title={t('rubric.emptyTitle')} text={t('rubric.emptyText')} />}
      {shown &&
        FLAGS.map((group) => (
          <Section key={group} title={t(`rubric.${group}`)}>
            <DataTable
              label={t(`rubric.${group}`)}
              rows={shown.content[group]}
              rowKey={(flag) => flag.key}
              empty={<EmptyState title={t('rubric.noneTitle')} text={t('rubric.noneText')} />}
              columns={[
                { key: 'label', header: t('rubric.label'), cell: (flag) => flag.label },
                { key: 'help', header: t('rubric.help'), cell: (flag) => flag.help },
                { key: 'key', header: t('rubric.key'), cell: (flag) => <code>{flag.key}</code> },
              ]}
            />
          </Section>
        ))}
      {shown &&
        SCALES.map((group) => {
          const scales = shown.content[group] ?? [];
          return (
            scales.length > 0 && (
              <Section key={group} title={t(`rubric.${group}`)}>
                <DataTable
                  label={t(`rubric.${group}`)}
                  rows={scales}
                  rowKey={(scale) => scale.key}
                  empty={null}
                  columns={[
                    { key: 'label', header: t('rubric.label'), cell: (scale) => scale.label },
                    { key: 'points', header: t('rubric.points'), cell: pointsInWords },
                    { key: 'help', header: t('rubric.help'), cell: (scale) => scale.help },
                    { key: 'key', header: t('rubric.key'), cell: (scale) => <code>{scale.key}</code> },
                  ]}
                />
              </Section>
            )
          );
        })}
      {shown && (
        <Section title={t('rubric.asks')}>
          <Facts
            facts={[
              { label: t('rubric.overall'), value: common(shown.content.overall ?? true ? 'yes' : 'no') },
              ...ASKS.map((what) => ({
                label: t(`rubric.ask.${what}`),
                value: common(shown.content.asks?.includes(what) ? 'yes' : 'no'),
              })),
            ]}
          />
        </Section>
      )}
    </>
  );
}

/** "0 Not toxic, 1, 2 Very toxic". */
function pointsInWords(scale: Scale): string {
  return pointsOf(scale)
    .map((point) => [point, scale.labels?.[point]].filter((part) => part !== undefined).join(' '))
    .join(', ');
}
