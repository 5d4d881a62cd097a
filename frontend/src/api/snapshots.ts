/** Snapshots: accepted work, frozen for training. */
import { queryOptions } from '@tanstack/react-query';
import { downloadUrl, get, post } from './client';
import type { Schema } from './schemas';

export type Snapshot = Schema<'Snapshot'>;

export const snapshotQuery = (id: string) =>
  queryOptions({ queryKey: ['snapshot', id], queryFn: () => get<Snapshot>(`/snapshots/${id}`), staleTime: Infinity });

/** Deletes its files: of one that is marked, by an admin. */
export function purgeSnapshot(id: string): Promise<Snapshot> {
  return post(`/snapshots/${id}/purge`);
}

/** The records as they were frozen, or in another format and file type. */
export function snapshotFile(id: string, format = 'records', file = 'jsonl'): string {
  const plain = format === 'records' && file === 'jsonl';
  return downloadUrl(`/snapshots/${id}/download${plain ? '' : `?format=${format}&file=${file}`}`);
}
