import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { projectsQuery } from '@/api/projects';
import { FilterChoice } from './FilterChoice';

interface ProjectFilterProps {
  value: string;
  onChange: (value: string) => void;
}

/** All projects that one sees, or one of them. */
export function ProjectFilter({ value, onChange }: ProjectFilterProps): ReactNode {
  const { t } = useTranslation('research');
  const projects = useQuery(projectsQuery).data?.results ?? [];
  const names = new Map(projects.map((project) => [project.id, project.name]));
  return (
    <FilterChoice
      label={t('filter.project')}
      value={value}
      onChange={onChange}
      values={[...names.keys()]}
      named={(id) => names.get(id) ?? id}
    />
  );
}
