/** What each role finds in the top bar and may open. The server decides again; this only keeps dead links away. */
import type { Role } from '@/api/types';
import { paths } from './paths';

export type Area = 'work' | 'research' | 'admin';

export const areasOfRole: Record<Role, readonly Area[]> = {
  labeler: ['work'],
  // Researchers can judge, too: in the pool `researcher`.
  researcher: ['work', 'research'],
  admin: ['work', 'research', 'admin'],
};

export interface NavigationItem {
  /** A key of the i18n namespace `common`, under nav. */
  name: 'home' | 'history' | 'projects' | 'batches' | 'snapshots' | 'runs' | 'models' | 'people' | 'health';
  to: string;
}

export const navigationOfRole: Record<Role, readonly NavigationItem[]> = {
  labeler: [
    { name: 'home', to: paths.home() },
    { name: 'history', to: paths.history() },
  ],
  researcher: [
    { name: 'home', to: paths.home() },
    { name: 'projects', to: paths.projects() },
    { name: 'batches', to: paths.batches() },
    { name: 'snapshots', to: paths.snapshots() },
    { name: 'runs', to: paths.runs() },
    { name: 'models', to: paths.models() },
  ],
  admin: [
    { name: 'projects', to: paths.projects() },
    { name: 'batches', to: paths.batches() },
    { name: 'snapshots', to: paths.snapshots() },
    { name: 'runs', to: paths.runs() },
    { name: 'models', to: paths.models() },
    { name: 'people', to: paths.people() },
    { name: 'health', to: paths.health() },
  ],
};

export function mayOpen(role: Role, area: Area): boolean {
  return areasOfRole[role].includes(area);
}

/** Where a person of this role lands after signing in. */
export function startOfRole(role: Role): string {
  return role === 'admin' ? paths.projects() : paths.home();
}
