/** Publishing a batch: which prompts become tasks, of which kind, for how many labelers. The form stands in the address. */
import { Button, Checkbox, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Activity, lazy, Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiError } from '@/api/errors';
import { previewBatch, publishBatch } from '@/api/collection';
import { pagedQuery } from '@/api/paged';
import type { Project } from '@/api/projects';
import type { Run } from '@/api/runs';
import { POOLS, TASK_KINDS, TASK_PURPOSES, type Schema } from '@/api/schemas';
import { useFilters } from '@/app/filters';
import { formatTime } from '@/app/format';
import { paths } from '@/app/paths';
import { Choice } from '@/components/Choice';
import { DataTable } from '@/components/DataTable';
import { LimitField } from '@/components/LimitField';
import { NumberField } from '@/components/NumberField';
import { SensitiveChoice } from '@/components/SensitiveChoice';
import { ShortId } from '@/components/ShortId';
import { LoadingState, Notice } from '@/components/states';
import type { Wish } from '../curate/choose';
import { ProjectFrame } from '../ProjectFrame';
import { PromptFilters } from '../PromptFilters';
import { AdaptiveFields } from './AdaptiveFields';
import { BatchName } from './BatchName';
import { PublishButtons } from './PublishButtons';
import { Published } from './Published';
import classes from './PublishPage.module.css';
import { PublishWriting } from './PublishWriting';
import { SharedFields } from './SharedFields';
import { usePublishing } from './usePublishing';

const ChooseFields = lazy(async () => ({ default: (await import('../curate/ChooseFields')).ChooseFields }));
const Preview = lazy(async () => ({ default: (await import('../preview/Preview')).Preview }));

interface Previewed {
  project: Project;
  preview: Schema<'Preview'>;
}

/** The form, and in its place while it is looked at the preview of what it would publish; the form waits as it is. */
export function PublishPage(): ReactNode {
  const [previewed, setPreviewed] = useState<Previewed | null>(null);
  return (
    <>
      <Activity mode={previewed ? 'hidden' : 'visible'}>
        <ProjectFrame tab="batches">
          {(project) => (
            <Publish key={project.id} project={project} onPreview={(preview) => setPreviewed({ project, preview })} />
          )}
        </ProjectFrame>
      </Activity>
      {previewed && (
        <Suspense fallback={<LoadingState />}>
          <Preview {...previewed} onClose={() => setPreviewed(null)} />
        </Suspense>
      )}
    </>
  );
}

type Filter = Exclude<Schema<'NewBatchRequest'>['prompts'], string[]>;

interface PublishProps {
  project: Project;
  onPreview: (preview: Schema<'Preview'>) => void;
}

function Publish({ project, onPreview }: PublishProps): ReactNode {
  const { t } = useTranslation('research');
  const { t: common } = useTranslation();
  const [filters, setFilter] = useFilters(['kind', 'split', 'use_case', 'source', 'import', 'run', 'candidates']);
  const kind: Schema<'TaskKindEnum'> =
    filters.kind === 'prompt' ? 'prompt'
    : filters.kind === 'comparison' || (filters.kind === '' && filters.run) ? 'comparison'
    : 'demonstration';
  const [form, setForm] = useState({
    name: '',
    limit: '' as number | '',
    overlap: project.overlap,
    shared: false,
    shared_percent: 20,
    shared_overlap: Math.max(2, project.overlap),
    adaptive: false,
    max_overlap: Math.max(2, project.overlap) + 2,
    consensus_percent: 75,
    k: project.k,
    without_tasks: true,
    pools: [] as Schema<'PoolEnum'>[],
    sensitive: [] as Schema<'SensitiveCategoryEnum'>[],
    purpose: 'work' as Schema<'TaskPurposeEnum'>,
    part: 'flagging' as 'flagging' | 'ranking',
    choose: null as Wish | null,
  });
  const set = (change: Partial<typeof form>): void => setForm((before) => ({ ...before, ...change }));
  const sampleRuns = useInfiniteQuery({
    ...pagedQuery<Run>('/runs', { project: project.id, kind: 'sample', status: 'done' }),
    enabled: kind === 'comparison',
  });
  const runs = (sampleRuns.data?.pages.flatMap((page) => page.results) ?? []).filter((run) => run.candidates > 0);

  const adaptable = kind === 'comparison' && form.purpose === 'work';

  const body = (): Schema<'NewBatchRequest'> => ({
    kind,
    name: form.name.trim(),
    purpose: form.purpose,
    part: form.purpose !== 'screening' ? '' : kind === 'demonstration' ? 'demonstrations' : form.part,
    ...(form.purpose === 'work' &&
      (form.shared
        ? { shared_share: form.shared_percent / 100, shared_overlap: form.shared_overlap }
        : { overlap: form.overlap })),
    ...(adaptable && form.adaptive && { max_overlap: form.max_overlap, least_consensus: form.consensus_percent / 100 }),
    prompts: {
      ...(filters.split && { split: filters.split as Filter['split'] }),
      ...(filters.use_case && { use_case: filters.use_case as Filter['use_case'] }),
      ...(filters.source && { source: filters.source }),
      ...(filters.import && { import: filters.import }),
      ...(form.limit !== '' && { limit: form.limit }),
      ...(form.without_tasks && kind === 'demonstration' && { without_tasks: true }),
    },
    ...(form.sensitive.length > 0 && { sensitive: form.sensitive }),
    ...(form.pools.length > 0 && { pools: form.pools }),
    ...(form.choose && { choose: form.choose }),
    ...(kind === 'comparison' && {
      k: form.k,
      candidates: filters.run ? { run: filters.run } : filters.candidates === 'imported' ? 'imported' : 'any',
    }),
  });
  const publication = usePublishing({
    project: project.id,
    body,
    publish: publishBatch,
    preview: previewBatch,
    onPreview,
  });
  const { publishing, error, fields } = publication;
  const kindChoice = (
    <Choice
      label={t('publish.kind')}
      value={kind}
      onChange={(value) => setFilter('kind', value)}
      options={TASK_KINDS.map((value) => ({ value, label: common(`kind.${value}`) }))}
    />
  );
  if (kind === 'prompt') return <PublishWriting project={project} kindChoice={kindChoice} onPreview={onPreview} />;
  return (
    <>
      <form onSubmit={publication.submit}>
        <Stack gap="md" maw={720}>
          <Text c="dimmed">{t('publish.intro')}</Text>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            {kindChoice}
            <BatchName value={form.name} onChange={(name) => set({ name })} error={fields.name} />
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <Choice
              label={t('publish.purpose')}
              description={t(`publish.purposeHelp.${form.purpose}`)}
              value={form.purpose}
              onChange={(value) => set({ purpose: value as typeof form.purpose })}
              options={TASK_PURPOSES.map((value) => ({ value, label: t(`purpose.${value}`) }))}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
            />
            {form.purpose === 'screening' && kind === 'comparison' && (
              <Choice
                label={t('publish.part')}
                value={form.part}
                onChange={(value) => set({ part: value as typeof form.part })}
                options={(['flagging', 'ranking'] as const).map((value) => ({ value, label: t(`part.${value}`) }))}
                error={fields.part}
              />
            )}
          </SimpleGrid>
          <fieldset className={classes.group}>
            <legend>{t('publish.which')}</legend>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <PromptFilters split={filters.split} useCase={filters.use_case} onChange={setFilter} />
              <TextInput
                label={t('prompts.source')}
                value={filters.source}
                onChange={(event) => setFilter('source', event.currentTarget.value)}
              />
              <LimitField
                label={t('publish.limit')}
                placeholder={t('publish.noLimit')}
                value={form.limit}
                onChange={(limit) => set({ limit })}
                error={fields['prompts.limit']}
              />
            </SimpleGrid>
            {filters.import && (
              <Group gap="xs" mt="xs">
                <Text>{t('publish.ofImport')}</Text>
                <ShortId id={filters.import} />
                <Button size="compact-xs" variant="subtle" onClick={() => setFilter('import', '')}>
                  {t('publish.anyImport')}
                </Button>
              </Group>
            )}
            {kind === 'demonstration' && (
              <Checkbox
                mt="sm"
                label={t('publish.withoutTasks')}
                checked={form.without_tasks}
                onChange={(event) => set({ without_tasks: event.currentTarget.checked })}
              />
            )}
          </fieldset>
          <Suspense fallback={<LoadingState />}>
            <ChooseFields
              project={project}
              wish={form.choose}
              onChange={(choose) => set({ choose })}
              body={body}
              error={fields['choose.weights'] ?? fields['choose.models']}
            />
          </Suspense>
          {kind === 'comparison' && (
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <Choice
                label={t('publish.candidates')}
                value={filters.run || filters.candidates || 'any'}
                onChange={(value) => {
                  const named = value === 'any' || value === 'imported';
                  setFilter('run', named ? '' : value);
                  setFilter('candidates', value === 'imported' ? value : '');
                }}
                options={[
                  { value: 'any', label: t('publish.anyCandidates') },
                  { value: 'imported', label: t('publish.imported') },
                  ...(filters.run && !runs.some((run) => run.id === filters.run)
                    ? [{ value: filters.run, label: t('publish.ofRun', { name: filters.run.slice(0, 8) }) }]
                    : []),
                  ...runs.map((run) => ({
                    value: run.id,
                    label: t('publish.ofRun', { name: `${run.name}, ${formatTime(run.created_at)}` }),
                  })),
                ]}
              />
              <NumberField
                label={t('publish.k')}
                value={form.k}
                onChange={(value) => set({ k: value })}
                min={Math.min(4, project.k)}
                max={9}
                error={fields.k}
              />
            </SimpleGrid>
          )}
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            {form.purpose === 'work' && !form.shared && (
              <NumberField
                label={t('publish.overlap')}
                description={t('publish.overlapHelp')}
                value={form.overlap}
                onChange={(value) => set({ overlap: value })}
                min={1}
                max={20}
                error={fields.overlap}
              />
            )}
            <Checkbox.Group
              label={t('publish.pools')}
              description={t('publish.poolsHelp')}
              value={form.pools}
              onChange={(pools) => set({ pools: pools as Schema<'PoolEnum'>[] })}
            >
              <Group mt={6} gap="md">
                {POOLS.map((pool) => (
                  <Checkbox key={pool} value={pool} label={t(`pool.${pool}`)} />
                ))}
              </Group>
            </Checkbox.Group>
          </SimpleGrid>
          {form.purpose === 'work' && (
            <SharedFields
              {...form}
              onChange={set}
              errors={{ percent: fields.shared_share, overlap: fields.shared_overlap }}
            />
          )}
          {adaptable && (
            <AdaptiveFields
              {...form}
              onChange={set}
              errors={{ limit: fields.max_overlap, consensus: fields.least_consensus }}
            />
          )}
          <SensitiveChoice
            label={t('publish.sensitive')}
            description={t('publish.sensitiveHelp')}
            value={form.sensitive}
            onChange={(sensitive) => set({ sensitive })}
            error={fields.sensitive}
          />
          <PublishButtons form={publication}>
            {error instanceof ApiError && <Skipped skipped={error.body.skipped} />}
          </PublishButtons>
        </Stack>
      </form>
      {publishing.data && (
        <Stack mt="lg">
          <Published batch={publishing.data}>
            {publishing.data.purpose !== 'work' && <> <Link to={paths.screenings(project.id)}>{t('publish.toKeys')}</Link></>}
          </Published>
          {publishing.data.shared_share !== null && (
            <Notice tone="info">
              {t('publish.sharedDone', {
                shared: publishing.data.shared_tasks,
                count: publishing.data.tasks,
                labelers: publishing.data.overlap,
              })}
            </Notice>
          )}
          {publishing.data.notes.map((note) => (
            <Notice key={note} tone="info">
              {note}
            </Notice>
          ))}
          <Skipped skipped={publishing.data.skipped} />
        </Stack>
      )}
    </>
  );
}

/** The prompts that were left out, and why; also part of a refusal. */
function Skipped({ skipped }: { skipped: unknown }): ReactNode {
  const { t } = useTranslation('research');
  const rows = Array.isArray(skipped) ? (skipped as Schema<'SkippedPrompt'>[]) : [];
  return (
    <DataTable
      label={t('publish.skipped', { count: rows.length })}
      rows={rows}
      rowKey={(row) => row.prompt}
      empty={null}
      columns={[
        { key: 'prompt', header: t('prompt.title'), cell: (row) => <Link to={paths.prompt(row.prompt)}>{row.prompt.slice(0, 8)}</Link> },
        { key: 'reason', header: t('import.reason'), cell: (row) => row.reason },
      ]}
    />
  );
}
