/** What labelers ask in a project: what waits for an answer, the longest waiting first; then everything. */
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { pagedQuery } from '@/api/paged';
import type { Project } from '@/api/projects';
import type { AskedLine } from '@/api/questions';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { PagedTable, type Column } from '@/components/DataTable';
import { Key } from '@/components/Key';
import { Section } from '@/components/Page';
import { EmptyState } from '@/components/states';
import { Time } from '@/components/Time';
import { excerpt } from '@/pages/questions/excerpt';
import { QuestionStatus } from '@/pages/questions/QuestionStatus';
import { ProjectFrame } from './ProjectFrame';

export function ProjectQuestionsPage(): ReactNode {
  return <ProjectFrame tab="questions">{(project) => <Questions project={project} />}</ProjectFrame>;
}

function Questions({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('questions');
  const { t: common } = useTranslation();
  const navigate = useNavigate();
  const path = `/projects/${project.id}/questions`;
  const waiting = useInfiniteQuery({ ...pagedQuery<AskedLine>(path, { waiting: true }), refetchInterval: 30_000 });
  const all = useInfiniteQuery(pagedQuery<AskedLine>(path));
  const oldest = waiting.data?.pages[0]?.results[0];
  const open = (): void => {
    if (oldest) void navigate(paths.projectQuestion(project.id, oldest.id));
  };
  useKeys([{ keys: ['Enter', 'o'], label: t('asked.openOldest'), group: t('asked.group'), run: open, when: oldest !== undefined }]);
  const columns: Column<AskedLine>[] = [
    { key: 'since', header: t('list.when'), cell: (line) => <Time at={line.waits_since ?? line.created_at} /> },
    {
      key: 'question',
      header: t('list.question'),
      cell: (line) => <Link to={paths.projectQuestion(project.id, line.id)}>{excerpt(line.text)}</Link>,
    },
    { key: 'kind', header: t('list.kind'), cell: (line) => common(`kind.${line.kind}`) },
    { key: 'asker', header: t('asked.asker'), cell: (line) => line.pseudonym },
    { key: 'state', header: t('list.state'), cell: (line) => <QuestionStatus line={line} /> },
  ];
  return (
    <>
      <Section
        title={t('asked.waiting')}
        aside={
          oldest && (
            <Button onClick={open} rightSection={<Key keys="Enter" />}>
              {t('asked.openOldest')}
            </Button>
          )
        }
      >
        <PagedTable
          query={waiting}
          label={t('asked.waiting')}
          rowKey={(line) => line.id}
          columns={columns}
          empty={<EmptyState title={t('asked.noneTitle')} text={t('asked.noneText')} />}
        />
      </Section>
      <Section title={t('asked.all')}>
        <PagedTable
          query={all}
          label={t('asked.all')}
          rowKey={(line) => line.id}
          columns={columns}
          empty={<EmptyState title={t('asked.emptyTitle')} text={t('asked.emptyText')} />}
        />
      </Section>
    </>
  );
}
