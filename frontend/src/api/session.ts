/** Who is signed in, and the ways in and out. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client';
import { isStatus } from './errors';
import type { OpenInvitation, User } from './types';

/** Null for a visitor who is not signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<User | null> => {
    try {
      return await answer(api.GET('/api/v1/session'));
    } catch (error) {
      if (isStatus(error, 401) || isStatus(error, 403)) return null;
      throw error;
    }
  },
  staleTime: Infinity,
  retry: 2,
});

export function signIn(username: string, password: string): Promise<User> {
  return answer(api.POST('/api/v1/session', { body: { username, password } }));
}

/** Ends the session on the server; one that has ended already is no error. */
export async function signOut(): Promise<void> {
  try {
    await answer(api.DELETE('/api/v1/session'));
  } catch (error) {
    if (!isStatus(error, 401)) throw error;
  }
}

export async function changePassword(current: string, next: string): Promise<void> {
  await answer(api.POST('/api/v1/session/password', { body: { current_password: current, new_password: next } }));
}

export function lookUpInvitation(token: string): Promise<OpenInvitation> {
  return answer(api.POST('/api/v1/invitations/lookup', { body: { token } }));
}

/** A reset keeps the account's name; `username` is for invitations. */
export function acceptInvitation(token: string, password: string, username = ''): Promise<User> {
  return answer(api.POST('/api/v1/invitations/accept', { body: { token, password, username } }));
}

export const tokensQuery = queryOptions({ queryKey: ['tokens'], queryFn: () => answer(api.GET('/api/v1/tokens')) });

export function makeToken(name: string): Promise<{ token: string }> {
  return answer(api.POST('/api/v1/tokens', { body: { name } }));
}

export async function revokeToken(id: string): Promise<void> {
  await answer(api.DELETE('/api/v1/tokens/{token_id}', { params: { path: { token_id: id } } }));
}
