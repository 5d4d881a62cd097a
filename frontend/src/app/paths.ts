/** Every address of the site. Links are built here and nowhere else. */
export const paths = {
  home: () => '/',
  signIn: () => '/sign-in',
  join: () => '/join',
  work: (assignment: string) => `/work/${assignment}`,
  guideline: (project: string, kind: string) => `/projects/${project}/guidelines/${kind}`,
  history: () => '/history',
  account: () => '/account',

  // Researchers
  projects: () => '/projects',
  newProject: () => '/projects/new',
  project: (id: string) => `/projects/${id}`,
  batches: () => '/batches',
  batch: (id: string) => `/batches/${id}`,
  agreement: (project: string) => `/projects/${project}/agreement`,
  prompt: (id: string) => `/prompts/${id}`,
  prompts: (project: string) => `/projects/${project}/prompts`,
  importPrompts: (project: string) => `/projects/${project}/import`,
  publish: (project: string) => `/projects/${project}/publish`,
  guidelines: (project: string) => `/projects/${project}/guidelines`,
  rubric: (project: string) => `/projects/${project}/rubric`,
  members: (project: string) => `/projects/${project}/members`,
  projectSettings: (project: string) => `/projects/${project}/settings`,

  // Admins
  runs: () => '/runs',
  run: (id: string) => `/runs/${id}`,
  newRun: () => '/runs/new',
  newChain: () => '/runs/chain',
  snapshots: () => '/snapshots',
  snapshot: (id: string) => `/snapshots/${id}`,
  models: () => '/models',
  model: (id: string) => `/models/${id}`,
  people: () => '/people',
  audit: () => '/audit',
  health: () => '/health',
} as const;
