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
  project: (id: string) => `/projects/${id}`,
  batches: () => '/batches',
  batch: (id: string) => `/batches/${id}`,
  agreement: (project: string) => `/projects/${project}/agreement`,
  prompt: (id: string) => `/prompts/${id}`,

  // Admins
  runs: () => '/runs',
  run: (id: string) => `/runs/${id}`,
  newRun: () => '/runs/new',
  snapshots: () => '/snapshots',
  snapshot: (id: string) => `/snapshots/${id}`,
  models: () => '/models',
  model: (id: string) => `/models/${id}`,
  people: () => '/people',
  health: () => '/health',
} as const;
