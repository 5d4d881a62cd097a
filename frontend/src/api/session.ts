/** Who is signed in, and the ways in and out. */
import { queryOptions } from '@tanstack/react-query';
import { get, post, remove } from './client';
import { isStatus } from './errors';
import type { OpenInvitation, Page, User } from './types';

/** Null for a visitor who is not signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<User | null> => {
    try {
      return await get<User>('/session');
    } catch (error) {
      if (isStatus(error, 401) || isStatus(error, 403)) return null;
      throw error;
    }
  },
  staleTime: Infinity,
  retry: 2,
});

export function signIn(username: string, password: string): Promise<User> {
  return post<User>('/session', { username, password });
}

export function signOut(): Promise<void> {
  return remove('/session');
}

export function changePassword(current: string, next: string): Promise<void> {
  return post('/session/password', { current_password: current, new_password: next });
}

export function lookUpInvitation(token: string): Promise<OpenInvitation> {
  return post<OpenInvitation>('/invitations/lookup', { token });
}

export function acceptInvitation(body: { token: string; username?: string; password: string }): Promise<User> {
  return post<User>('/invitations/accept', body);
}

export interface Token {
  id: string;
  name: string;
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}

export const tokensQuery = queryOptions({ queryKey: ['tokens'], queryFn: () => get<Page<Token>>('/tokens') });

export function makeToken(name: string): Promise<Token & { token: string }> {
  return post('/tokens', { name });
}

export function revokeToken(id: string): Promise<void> {
  return remove(`/tokens/${id}`);
}
