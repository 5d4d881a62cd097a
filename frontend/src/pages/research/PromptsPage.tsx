/** The prompts of a project; the filters stand in the address. */
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Prompt } from '@/api/collection';
import { pagedQuery } from '@/api/paged';
import type { Project } from '@/api/projects';
import { useFilters } from '@/app/filters';
import { paths } from '@/app/paths';
import { Choice } from '@/components/Choice';
import { FilteredTable } from '@/components/FilteredTable';
import { SearchField } from '@/components/SearchField';
import { EmptyState } from '@/components/states';
import { Status } from '@/components/Status';
import { Time } from '@/components/Time';
import { useLabels } from './labels';
import { ProjectFrame } from './ProjectFrame';
import { PromptFilters } from './PromptFilters';
import classes from './PromptsPage.module.css';

export function PromptsPage(): ReactNode {
  const { t } = useTranslation('research');
  return (
    <ProjectFrame
      tab="prompts"
      wide
      actions={(project) => (
        <Button component={Link} to={paths.importPrompts(project.id)}>
          {t('prompts.import')}
        </Button>
      )}
    >
      {(project) => <Prompts project={project} />}
    </ProjectFrame>
  );
}

function Prompts({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('research');
  const labels = useLabels();
  const filtering = useFilters(['q', 'split', 'use_case', 'source', 'consent', 'language', 'words_from', 'words_to']);
  const [filters, setFilter] = filtering;
  const prompts = useInfiniteQuery(pagedQuery<Prompt>(`/projects/${project.id}/prompts`, filters));
  return (
    <>
      <FilteredTable
        filters={filtering}
        fields={
          <>
            <SearchField label={t('prompts.search')} value={filters.q} onChange={(value) => setFilter('q', value)} />
            <PromptFilters split={filters.split} useCase={filters.use_case} onChange={setFilter} />
            <SearchField label={t('prompts.source')} value={filters.source} onChange={(value) => setFilter('source', value)} />
            <Choice
              label={t('prompts.consent')}
              value={filters.consent}
              onChange={(value) => setFilter('consent', value)}
              options={[
                { value: 'true', label: t('prompts.withConsent') },
                { value: 'false', label: t('prompts.withoutConsent') },
              ]}
              none={t('filter.all')}
            />
            <SearchField label={t('prompts.language')} value={filters.language} onChange={(value) => setFilter('language', value)} />
            <SearchField label={t('prompts.wordsFrom')} value={filters.words_from} onChange={(value) => setFilter('words_from', digits(value))} />
            <SearchField label={t('prompts.wordsTo')} value={filters.words_to} onChange={(value) => setFilter('words_to', digits(value))} />
          </>
        }
        query={prompts}
        label={t('tab.prompts')}
        rowKey={(prompt) => prompt.id}
        empty={<EmptyState title={t('overview.emptyTitle')} text={t('overview.emptyText')} />}
        columns={[
          {
            key: 'text',
            header: t('prompts.text'),
            cell: (prompt) => (
              <Link to={paths.prompt(prompt.id)} className={classes.text}>
                {prompt.messages.at(-1)?.content}
              </Link>
            ),
          },
          { key: 'use', header: t('prompts.useCase'), cell: (prompt) => labels.useCase(prompt.use_case) },
          { key: 'split', header: t('prompts.split'), cell: (prompt) => labels.split(prompt.split) },
          { key: 'source', header: t('prompts.source'), cell: (prompt) => prompt.source || '–' },
          { key: 'candidates', header: t('prompts.candidates'), numeric: true, cell: (prompt) => prompt.candidates },
          { key: 'tasks', header: t('prompts.tasks'), numeric: true, cell: (prompt) => prompt.tasks },
          { key: 'state', header: t('prompts.state'), cell: (prompt) => <PromptState prompt={prompt} /> },
          { key: 'created', header: t('prompts.created'), cell: (prompt) => <Time at={prompt.created_at} /> },
        ]}
      />
    </>
  );
}

/** What can be a number of words; all else is left out, so that the address never asks for what would be refused. */
const digits = (typed: string): string => typed.replace(/\D/g, '').slice(0, 7);

export function PromptState({ prompt }: { prompt: Prompt }): ReactNode {
  const { t } = useTranslation('research');
  if (prompt.withdrawn) return <Status tone="bad">{t('prompts.withdrawn')}</Status>;
  if (prompt.held_back) return <Status tone="warn">{t('prompts.heldBack')}</Status>;
  if (!prompt.consent) return <Status tone="warn">{t('prompts.withoutConsent')}</Status>;
  return <Status tone="good">{t('prompts.usable')}</Status>;
}
