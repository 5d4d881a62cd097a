/** Accounts, invitations and the health of the site, for admins. */
import { queryOptions } from '@tanstack/react-query';
import { get, patch, post, remove } from './client';
import type { Schema } from './schemas';

export type Invitation = Schema<'Invitation'>;

export function invite(body: Schema<'NewInvitationRequestRequest'>): Promise<Schema<'NewInvitation'>> {
  return post('/invitations', body);
}

export function revokeInvitation(id: string): Promise<void> {
  return remove(`/invitations/${id}`);
}

export function changeUser(id: string, body: Schema<'PatchedUserChangeRequest'>): Promise<Schema<'User'>> {
  return patch(`/users/${id}`, body);
}

export function resetPassword(id: string): Promise<{ token: string; expires_at: string }> {
  return post(`/users/${id}/reset`);
}

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: () => get<Schema<'Health'>>('/health'),
  refetchInterval: 5000,
});
