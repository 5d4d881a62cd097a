/** Models and where they come from. */
import { queryOptions } from '@tanstack/react-query';
import { get, patch, post } from './client';
import type { Schema } from './schemas';

export type Model = Schema<'Model'>;
export type Lineage = Schema<'Lineage'>;

export const modelQuery = (id: string) =>
  queryOptions({ queryKey: ['model', id], queryFn: () => get<Schema<'ModelDetail'>>(`/models/${id}`) });

export const lineageQuery = (id: string) =>
  queryOptions({ queryKey: ['model', id, 'lineage'], queryFn: () => get<Lineage>(`/models/${id}/lineage`) });

export function registerModel(body: Schema<'NewModelRequest'>): Promise<Schema<'ModelDetail'>> {
  return post('/models', body);
}

export function changeModel(id: string, body: Schema<'PatchedModelChangeRequest'>): Promise<Schema<'ModelDetail'>> {
  return patch(`/models/${id}`, body);
}
