/** What a labeler opts out of in a project. */
import { queryOptions } from '@tanstack/react-query';
import { get, put } from './client';
import type { Schema } from './schemas';

export type SensitiveCategory = Schema<'SensitiveCategoryEnum'>;

export const SENSITIVE_CATEGORIES: readonly SensitiveCategory[] = [
  'sexual_content', 'violent_content', 'denigration', 'self_harm', 'harmful_advice', 'other_distressing',
];

export const optOutQuery = (project: string) =>
  queryOptions({
    queryKey: ['project', project, 'opt-out'],
    queryFn: () => get<Schema<'OptOut'>>(`/projects/${project}/opt-out`),
  });

export function optOut(project: string, categories: readonly SensitiveCategory[]): Promise<Schema<'OptOut'>> {
  return put(`/projects/${project}/opt-out`, { categories });
}
