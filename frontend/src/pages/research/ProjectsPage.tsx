/** The projects that one may lead, or all of them for an admin. */
import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { projectsQuery } from '@/api/projects';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { DataTable } from '@/components/DataTable';
import { Key } from '@/components/Key';
import { Page } from '@/components/Page';
import { EmptyState, ErrorState, LoadingState } from '@/components/states';
import { Status } from '@/components/Status';
import { Time } from '@/components/Time';

export function ProjectsPage(): ReactNode {
  const { t } = useTranslation('research');
  const { t: common } = useTranslation();
  const navigate = useNavigate();
  const projects = useQuery(projectsQuery);
  useKeys([
    { keys: 'n', label: t('projects.new'), group: t('projects.title'), run: () => void navigate(paths.newProject()) },
  ]);
  const create = (
    <Button component={Link} to={paths.newProject()} rightSection={<Key keys="n" />} aria-keyshortcuts="N">
      {t('projects.new')}
    </Button>
  );
  if (projects.error && !projects.data) return <ErrorState error={projects.error} />;
  return (
    <Page title={t('projects.title')} intro={t('projects.intro')} actions={create}>
      {!projects.data ? (
        <LoadingState />
      ) : (
        <DataTable
          label={t('projects.title')}
          rows={projects.data.results}
          rowKey={(project) => project.id}
          empty={<EmptyState title={t('projects.emptyTitle')} text={t('projects.emptyText')} />}
          columns={[
            {
              key: 'name',
              header: t('projects.name'),
              cell: (project) => <Link to={paths.project(project.id)}>{project.name}</Link>,
            },
            { key: 'purpose', header: t('projects.purpose'), cell: (project) => common(`purpose.${project.purpose ?? 'training'}`) },
            { key: 'k', header: t('projects.k'), numeric: true, cell: (project) => project.k },
            { key: 'overlap', header: t('projects.overlap'), numeric: true, cell: (project) => project.overlap },
            {
              key: 'state',
              header: t('projects.state'),
              cell: (project) => (
                <Status tone={project.paused ? 'warn' : 'active'}>
                  {t(project.paused ? 'projects.pausedState' : 'projects.runningState')}
                </Status>
              ),
            },
            { key: 'created', header: t('projects.created'), cell: (project) => <Time at={project.created_at} /> },
          ]}
        />
      )}
      <Text mt="lg">
        <Link to={paths.surveyResults('satisfaction')}>{t('survey.results')}</Link>
      </Text>
    </Page>
  );
}
