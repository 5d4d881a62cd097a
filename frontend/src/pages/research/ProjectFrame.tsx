/** What all pages of one project share: its name, the way between them, and the project itself. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { projectQuery, type Project } from '@/api/projects';
import { withFilters } from '@/app/filters';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { Page } from '@/components/Page';
import { ErrorState, LoadingState, Notice } from '@/components/states';
import classes from './ProjectFrame.module.css';

/** What a lead does day by day, how good it is, what comes of it, and what is set once. */
const GROUPS = {
  work: {
    overview: paths.project,
    find: paths.find,
    batches: (project: string) => withFilters(paths.batches(), { project }),
    review: paths.projectDesk,
    questions: paths.projectQuestions,
    hours: paths.hours,
  },
  quality: {
    agreement: paths.agreement,
    explore: paths.explore,
    labelers: paths.labelers,
    items: paths.items,
    checks: paths.checks,
    screening: paths.screenings,
  },
  data: {
    prompts: paths.prompts,
    curate: paths.curate,
    tables: paths.tables,
    evaluation: paths.evaluation,
  },
  setup: {
    guidelines: paths.guidelines,
    rubric: paths.rubric,
    members: paths.members,
    settings: paths.projectSettings,
  },
} as const;

type Groups = typeof GROUPS;
export type Tab = { [Group in keyof Groups]: keyof Groups[Group] }[keyof Groups];

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
  // Where the tabs are one line that scrolls, the page's own is in sight.
  const inSight = useCallback((link: HTMLAnchorElement | null) => link?.scrollIntoView({ block: 'nearest', inline: 'center' }), []);
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
        {Object.entries(GROUPS).map(([group, tabs]) => (
          <ul key={group} aria-label={t(`tab.group.${group as keyof Groups}`)} data-group={t(`tab.group.${group as keyof Groups}`)}>
            {Object.entries(tabs).map(([name, to]) => (
              <li key={name}>
                <Link to={to(id)} aria-current={name === tab ? 'page' : undefined} ref={name === tab ? inSight : undefined}>
                  {t(`tab.${name as Tab}`)}
                </Link>
              </li>
            ))}
          </ul>
        ))}
      </nav>
      {project.data.paused && <Notice tone="warn">{t('project.paused')}</Notice>}
      {children(project.data)}
    </Page>
  );
}
