import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { changeProject, projectQuery, projectsQuery, type Project } from '@/api/projects';
import { ProjectForm } from './ProjectForm';
import { ProjectFrame } from './ProjectFrame';
import { ReviewSettingsSection } from './review/ReviewSettingsForm';

export function SettingsPage(): ReactNode {
  return (
    <ProjectFrame tab="settings">
      {(project) => (
        <>
          <Settings key={project.id} project={project} />
          <ReviewSettingsSection key={`review of ${project.id}`} project={project.id} />
        </>
      )}
    </ProjectFrame>
  );
}

function Settings({ project }: { project: Project }): ReactNode {
  const queries = useQueryClient();
  const saving = useMutation({
    mutationFn: (settings: Parameters<typeof changeProject>[1]) => changeProject(project.id, settings),
    onSuccess: (changed) => {
      queries.setQueryData(projectQuery(project.id).queryKey, changed);
      void queries.invalidateQueries({ queryKey: projectsQuery.queryKey });
    },
  });
  return (
    <ProjectForm
      project={project}
      error={saving.error}
      pending={saving.isPending}
      saved={saving.isSuccess}
      onSave={(settings) => saving.mutate(settings)}
    />
  );
}
