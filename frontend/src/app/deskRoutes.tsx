/** The routes of researchers and admins, and what is at no address: everything that the table of routes leaves over. */
import type { ReactNode } from 'react';
import { useRoutes } from 'react-router';
import { NotFoundPage } from '@/pages/NotFound';
import { Allowed } from './Allowed';
import { useFirstSubmitOnly } from './firstSubmit';
import { asRouteObject, type PageRoute } from './Site';

/** The researchers' pages, in pages/research. */
const research: PageRoute[] = [
  { path: 'projects', lazy: async () => ({ Component: (await import('@/pages/research/ProjectsPage')).ProjectsPage }) },
  {
    path: 'projects/new',
    lazy: async () => ({ Component: (await import('@/pages/research/NewProjectPage')).NewProjectPage }),
  },
  {
    path: 'projects/:project',
    lazy: async () => ({ Component: (await import('@/pages/research/OverviewPage')).OverviewPage }),
  },
  {
    path: 'projects/:project/prompts',
    lazy: async () => ({ Component: (await import('@/pages/research/PromptsPage')).PromptsPage }),
  },
  {
    path: 'projects/:project/find',
    lazy: async () => ({ Component: (await import('@/pages/research/FindPage')).FindPage }),
  },
  {
    path: 'projects/:project/import',
    lazy: async () => ({ Component: (await import('@/pages/research/import/ImportPage')).ImportPage }),
  },
  {
    path: 'projects/:project/publish',
    lazy: async () => ({ Component: (await import('@/pages/research/publish/PublishPage')).PublishPage }),
  },
  {
    path: 'projects/:project/curate',
    lazy: async () => ({ Component: (await import('@/pages/research/curate/CuratePage')).CuratePage }),
  },
  {
    path: 'projects/:project/tables',
    lazy: async () => ({ Component: (await import('@/pages/research/tables/TablesPage')).TablesPage }),
  },
  {
    path: 'projects/:project/agreement',
    lazy: async () => ({ Component: (await import('@/pages/research/AgreementPage')).AgreementPage }),
  },
  {
    path: 'projects/:project/explore',
    lazy: async () => ({ Component: (await import('@/pages/research/explore/ExplorePage')).ExplorePage }),
  },
  {
    path: 'projects/:project/labelers',
    lazy: async () => ({ Component: (await import('@/pages/research/labelers/LabelersPage')).LabelersPage }),
  },
  {
    path: 'projects/:project/items',
    lazy: async () => ({ Component: (await import('@/pages/research/items/ItemsPage')).ItemsPage }),
  },
  {
    path: 'projects/:project/evaluation',
    lazy: async () => ({ Component: (await import('@/pages/research/evaluation/EvaluationPage')).EvaluationPage }),
  },
  {
    path: 'projects/:project/checks',
    lazy: async () => ({ Component: (await import('@/pages/research/ChecksPage')).ChecksPage }),
  },
  {
    path: 'projects/:project/guidelines',
    lazy: async () => ({ Component: (await import('@/pages/research/GuidelinesPage')).GuidelinesPage }),
  },
  {
    path: 'projects/:project/rubric',
    lazy: async () => ({ Component: (await import('@/pages/research/RubricPage')).RubricPage }),
  },
  {
    path: 'projects/:project/questions',
    lazy: async () => ({ Component: (await import('@/pages/research/ProjectQuestionsPage')).ProjectQuestionsPage }),
  },
  {
    path: 'projects/:project/questions/:question',
    lazy: async () => ({ Component: (await import('@/pages/research/AnswerPage')).AnswerPage }),
  },
  {
    path: 'projects/:project/hours',
    lazy: async () => ({ Component: (await import('@/pages/research/HoursPage')).HoursPage }),
  },
  {
    path: 'surveys/:survey/results',
    lazy: async () => ({ Component: (await import('@/pages/research/SurveyResultsPage')).SurveyResultsPage }),
  },
  {
    path: 'projects/:project/members',
    lazy: async () => ({ Component: (await import('@/pages/research/MembersPage')).MembersPage }),
  },
  {
    path: 'projects/:project/screenings',
    lazy: async () => ({ Component: (await import('@/pages/research/screening/ScreeningsPage')).ScreeningsPage }),
  },
  {
    path: 'projects/:project/settings',
    lazy: async () => ({ Component: (await import('@/pages/research/SettingsPage')).SettingsPage }),
  },
  { path: 'prompts/:prompt', lazy: async () => ({ Component: (await import('@/pages/research/PromptPage')).PromptPage }) },
  { path: 'batches', lazy: async () => ({ Component: (await import('@/pages/research/BatchesPage')).BatchesPage }) },
  { path: 'batches/:batch', lazy: async () => ({ Component: (await import('@/pages/research/ReviewPage')).ReviewPage }) },
  {
    path: 'batches/:batch/review',
    lazy: async () => ({ Component: (await import('@/pages/research/review/DeskPages')).BatchDeskPage }),
  },
  {
    path: 'projects/:project/review',
    lazy: async () => ({ Component: (await import('@/pages/research/review/DeskPages')).ProjectDeskPage }),
  },
  // What comes of accepted work: researchers may see it, admins make it.
  { path: 'snapshots', lazy: async () => ({ Component: (await import('@/pages/admin/SnapshotsPage')).SnapshotsPage }) },
  {
    path: 'snapshots/new',
    lazy: async () => ({ Component: (await import('@/pages/research/snapshots/NewSnapshotPage')).NewSnapshotPage }),
  },
  {
    path: 'snapshots/:snapshot',
    lazy: async () => ({ Component: (await import('@/pages/admin/SnapshotPage')).SnapshotPage }),
  },
  {
    path: 'snapshots/:snapshot/diff',
    lazy: async () => ({ Component: (await import('@/pages/research/snapshots/DiffPage')).DiffPage }),
  },
  {
    path: 'snapshots/:snapshot/records/:line',
    lazy: async () => ({ Component: (await import('@/pages/research/snapshots/RecordPage')).RecordPage }),
  },
  { path: 'runs', lazy: async () => ({ Component: (await import('@/pages/admin/RunsPage')).RunsPage }) },
  {
    path: 'runs/compare',
    lazy: async () => ({ Component: (await import('@/pages/admin/compare/CompareRunsPage')).CompareRunsPage }),
  },
  { path: 'runs/:run', lazy: async () => ({ Component: (await import('@/pages/admin/RunPage')).RunPage }) },
  { path: 'models', lazy: async () => ({ Component: (await import('@/pages/admin/ModelsPage')).ModelsPage }) },
  { path: 'models/:model', lazy: async () => ({ Component: (await import('@/pages/admin/ModelPage')).ModelPage }) },
];

/** The admins' pages, in pages/admin. */
const admin: PageRoute[] = [
  { path: 'runs/new', lazy: async () => ({ Component: (await import('@/pages/admin/NewRunPage')).NewRunPage }) },
  { path: 'runs/chain', lazy: async () => ({ Component: (await import('@/pages/admin/NewChainPage')).NewChainPage }) },
  { path: 'people', lazy: async () => ({ Component: (await import('@/pages/admin/PeoplePage')).PeoplePage }) },
  { path: 'audit', lazy: async () => ({ Component: (await import('@/pages/admin/AuditPage')).AuditPage }) },
  { path: 'health', lazy: async () => ({ Component: (await import('@/pages/admin/HealthPage')).HealthPage }) },
];

const table = [
  { element: <Allowed area="research" />, children: research },
  { element: <Allowed area="admin" />, children: admin },
  { path: '*', Component: NotFoundPage },
].map(asRouteObject);

export function DeskRoutes(): ReactNode {
  useFirstSubmitOnly();
  return useRoutes(table);
}
