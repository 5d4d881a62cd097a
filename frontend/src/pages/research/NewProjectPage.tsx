import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { makeProject, projectsQuery } from '@/api/projects';
import { paths } from '@/app/paths';
import { Page } from '@/components/Page';
import { ProjectForm } from './ProjectForm';

export function NewProjectPage(): ReactNode {
  const { t } = useTranslation('research');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const making = useMutation({
    mutationFn: makeProject,
    onSuccess: (project) => {
      void queries.invalidateQueries({ queryKey: projectsQuery.queryKey });
      void navigate(paths.project(project.id));
    },
  });
  return (
    <Page
      title={t('form.newTitle')}
      intro={t('form.newIntro')}
      trail={[{ label: t('projects.title'), to: paths.projects() }]}
    >
      <ProjectForm error={making.error} pending={making.isPending} onSave={(settings) => making.mutate(settings)} />
    </Page>
  );
}
