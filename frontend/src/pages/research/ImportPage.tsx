/** Bringing prompts in, or comparisons that were made elsewhere; afterwards what came of each row. */
import { Button, Checkbox, FileInput, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { importComparisons, importPrompts } from '@/api/collection';
import { pagedQuery } from '@/api/paged';
import type { Project } from '@/api/projects';
import type { Schema } from '@/api/schemas';
import { useFilters, withFilters } from '@/app/filters';
import { formatNumber } from '@/app/format';
import { paths } from '@/app/paths';
import { DataTable, PagedTable } from '@/components/DataTable';
import { Facts } from '@/components/Facts';
import { Section } from '@/components/Page';
import { EmptyState, ErrorText, Notice } from '@/components/states';
import { Time } from '@/components/Time';
import { ProjectFrame } from './ProjectFrame';

type What = 'prompts' | 'comparisons';

interface Outcome {
  what: What;
  counts: Record<string, number>;
  refused: Schema<'RefusedRow'>[];
  batch: string | null;
}

export function ImportPage(): ReactNode {
  return <ProjectFrame tab="prompts">{(project) => <Import project={project} />}</ProjectFrame>;
}

function Import({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('research');
  const queries = useQueryClient();
  const [filters, setFilter] = useFilters(['what']);
  const what: What = filters.what === 'comparisons' ? 'comparisons' : 'prompts';
  const [file, setFile] = useState<File | null>(null);
  const [consent, setConsent] = useState(false);
  const [source, setSource] = useState('');
  const importing = useMutation({
    mutationFn: async (chosen: File): Promise<Outcome> => {
      if (what === 'prompts') {
        const { counts, refused } = await importPrompts(project.id, { file: chosen, consent, source: source.trim() });
        return { what, counts: { ...counts }, refused, batch: null };
      }
      const { counts, refused, batch } = await importComparisons(project.id, { file: chosen, consent });
      return { what, counts, refused, batch };
    },
    onSuccess: () => {
      setFile(null);
      void queries.invalidateQueries({ queryKey: ['project', project.id] });
      void queries.invalidateQueries({ queryKey: ['list'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (file) importing.mutate(file);
  };
  return (
    <>
      <form onSubmit={submit}>
        <Stack maw={640} gap="md">
          <SegmentedControl
            aria-label={t('import.what')}
            value={what}
            onChange={(value) => setFilter('what', value === 'prompts' ? '' : value)}
            data={[
              { value: 'prompts', label: t('import.prompts') },
              { value: 'comparisons', label: t('import.comparisons') },
            ]}
          />
          <Text c="dimmed">{t(`import.${what}Help`)}</Text>
          <FileInput
            label={t('import.file')}
            placeholder={t('import.choose')}
            accept=".jsonl,.csv,.ndjson"
            value={file}
            onChange={setFile}
            clearable
          />
          {what === 'prompts' && (
            <TextInput
              label={t('import.source')}
              description={t('import.sourceHelp')}
              value={source}
              onChange={(event) => setSource(event.currentTarget.value)}
              maxLength={200}
            />
          )}
          <Checkbox
            label={t('import.consent')}
            description={t('import.consentHelp')}
            checked={consent}
            onChange={(event) => setConsent(event.currentTarget.checked)}
          />
          {importing.error && (
            <Notice tone="bad" role="alert">
              <ErrorText error={importing.error} />
            </Notice>
          )}
          <Group>
            <Button type="submit" disabled={!file} loading={importing.isPending}>
              {t('import.submit')}
            </Button>
            {importing.isPending && <span role="status">{t('import.running')}</span>}
          </Group>
        </Stack>
      </form>
      {importing.data && <Result project={project} outcome={importing.data} />}
      <Earlier project={project} />
    </>
  );
}

function Result({ project, outcome }: { project: Project; outcome: Outcome }): ReactNode {
  const { t } = useTranslation('research');
  const { counts, refused, batch } = outcome;
  return (
    <Section title={t('import.result')}>
      <Notice tone={counts.accepted ? 'good' : 'warn'} role="status">
        {t('import.accepted', { count: counts.accepted ?? 0, rows: formatNumber(counts.rows ?? 0) })}{' '}
        {batch ? (
          <Link to={paths.batch(batch)}>{t('import.openBatch')}</Link>
        ) : (
          <Link to={paths.publish(project.id)}>{t('import.publishNext')}</Link>
        )}
      </Notice>
      <Stack mt="md">
        <Counts counts={counts} />
        {refused.length > 0 && (
          <DataTable
            label={t('import.refused', { count: refused.length })}
            rows={refused}
            rowKey={(row) => `${row.line}${row.reason}`}
            empty={null}
            columns={[
              { key: 'line', header: t('import.line'), numeric: true, cell: (row) => row.line },
              { key: 'reason', header: t('import.reason'), cell: (row) => row.reason },
            ]}
          />
        )}
      </Stack>
    </Section>
  );
}

const COUNTED = [
  'rows',
  'accepted',
  'refused',
  'duplicates',
  'over_user_limit',
  'personal_data',
  'without_consent',
  'candidates',
] as const;

function Counts({ counts }: { counts: Record<string, number> }): ReactNode {
  const { t } = useTranslation('research');
  const shown = COUNTED.filter((name) => counts[name] !== undefined);
  return (
    <Facts facts={shown.map((name) => ({ label: t(`import.count.${name}`), value: formatNumber(counts[name] ?? 0) }))} />
  );
}

function Earlier({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('research');
  const imports = useInfiniteQuery(pagedQuery<Schema<'PromptImport'>>(`/projects/${project.id}/imports`));
  return (
    <Section title={t('import.earlier')}>
      <PagedTable
        query={imports}
        label={t('import.earlier')}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('import.earlierEmpty')} text={t('import.promptsHelp')} />}
        columns={[
          { key: 'when', header: t('prompts.created'), cell: (row) => <Time at={row.created_at} /> },
          { key: 'file', header: t('import.file'), cell: (row) => row.file_name },
          { key: 'what', header: t('import.what'), cell: (row) => t(row.what === 'comparisons' ? 'import.comparisons' : 'import.prompts') },
          { key: 'rows', header: t('import.count.rows'), numeric: true, cell: (row) => formatNumber(row.counts.rows ?? 0) },
          { key: 'in', header: t('import.count.accepted'), numeric: true, cell: (row) => formatNumber(row.counts.accepted ?? 0) },
          { key: 'out', header: t('import.count.refused'), numeric: true, cell: (row) => formatNumber(row.counts.refused ?? 0) },
          {
            key: 'publish',
            header: '',
            cell: (row) =>
              row.what !== 'comparisons' && (row.counts.accepted ?? 0) > 0 ? (
                <Link to={withFilters(paths.publish(project.id), { import: row.id })}>{t('publish.title')}</Link>
              ) : null,
          },
        ]}
      />
    </Section>
  );
}
