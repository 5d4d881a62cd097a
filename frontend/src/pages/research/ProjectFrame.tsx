/** What all pages of one project share: its name, the way between them, and the project itself. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { projectQuery, type Project } from '@/api/projects';
import { withFilters } from '@/app/filters';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { Page } from '@/components/Page';
import { ErrorState, LoadingState, Notice } from '@/components/states';
import classes from './ProjectFrame.module.css';

const TABS = {
  overview: paths.project,
  prompts: paths.prompts,
  find: paths.find,
  batches: (project: string) => withFilters(paths.batches(), { project }),
  agreement: paths.agreement,
  checks: paths.checks,
  guidelines: paths.guidelines,
  rubric: paths.rubric,
  questions: paths.projectQuestions,
  members: paths.members,
  hours: paths.hours,
  screening: paths.screenings,
  settings: paths.projectSettings,
} as const;

export type Tab = keyof typeof TABS;

interface FrameProps {
  tab: Tab;
  /** For tables with many columns. */
  wide?: boolean;
  actions?: (project: Project) => ReactNode;
  children: (project: Project) => ReactNode;
}

export function ProjectFrame({ tab, wide, actions, children }: FrameProps): ReactNode {
  const { t } = useTranslation('research');
  const { project: id = '' } = useParams();
  const navigate = useNavigate();
  const project = useQuery(projectQuery(id));
  useKeys([{ keys: '/', label: t('find.key'), group: t('tab.label'), run: () => void navigate(paths.find(id)), when: tab !== 'find' }]);
  if (!project.data) {
    return (
      <Page title={t(`tab.${tab}`)}>
        {project.error ? (
          <ErrorState error={project.error} onRetry={() => void project.refetch()} />
        ) : (
          <LoadingState />
        )}
      </Page>
    );
  }
  return (
    <Page
      title={project.data.name}
      wide={wide}
      trail={[{ label: t('projects.title'), to: paths.projects() }]}
      actions={actions?.(project.data)}
    >
      <nav className={classes.tabs} aria-label={t('tab.label')}>
        {Object.entries(TABS).map(([name, to]) => (
          <Link key={name} to={to(id)} aria-current={name === tab ? 'page' : undefined}>
            {t(`tab.${name as Tab}`)}
          </Link>
        ))}
      </nav>
      {project.data.paused && <Notice tone="warn">{t('project.paused')}</Notice>}
      {children(project.data)}
    </Page>
  );
}
