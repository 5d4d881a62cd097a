/** Finding an item of a project. */
import { pagedQuery } from './paged';
import type { Schema } from './schemas';

export type Hit = Schema<'Hit'>;

export function findQuery(project: string, q: string) {
  return { ...pagedQuery<Hit>(`/projects/${project}/find`, { q }), enabled: q !== '' };
}
