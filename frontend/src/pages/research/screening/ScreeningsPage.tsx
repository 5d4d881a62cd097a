/** Screening and checks of a project: the gates, the items with their keys, what is to be rated, and the results. */
import type { ReactNode } from 'react';
import { ProjectFrame } from '../ProjectFrame';
import { ChecksForm } from './ChecksForm';
import { KeyedTasks } from './KeyedTasks';
import { RateDemonstrations } from './RateDemonstrations';
import { Results } from './Results';

export function ScreeningsPage(): ReactNode {
  return (
    <ProjectFrame tab="screening" wide>
      {(project) => (
        <div key={project.id}>
          <Results project={project.id} />
          <RateDemonstrations project={project.id} />
          <KeyedTasks project={project.id} />
          <ChecksForm project={project.id} />
        </div>
      )}
    </ProjectFrame>
  );
}
