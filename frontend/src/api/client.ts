/**
 * Every request goes through here: it adds the CSRF token, tells the connection store whether the server was reached,
 * tells the session store when the session is over, and throws ApiError or NetworkError.
 *
 * `answer(api.GET('/api/v1/home'))` is checked against the generated schema: address, parameters, body and answer.
 */
import createClient from 'openapi-fetch';
import { connection } from '@/app/connection';
import { sessionEnded } from '@/app/sessionEvents';
import { ApiError, NetworkError } from './errors';
import type { paths } from './schema';

const ROOT = '/api/v1';
const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

type Query = Record<string, string | number | boolean | null | undefined>;

interface Options {
  query?: Query;
  body?: unknown;
  form?: FormData;
  /** Lets the request outlive the page; the browser allows 64 KB of such bodies. */
  keepalive?: boolean;
  signal?: AbortSignal;
}

export function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return request<T>('GET', path, { query, signal });
}

export function post<T>(path: string, body?: unknown): Promise<T> {
  return request<T>('POST', path, { body: body ?? {} });
}

export function put<T>(path: string, body: unknown, keepalive = false): Promise<T> {
  return request<T>('PUT', path, { body, keepalive });
}

export function patch<T>(path: string, body: unknown): Promise<T> {
  return request<T>('PATCH', path, { body });
}

export function remove(path: string): Promise<void> {
  return request<void>('DELETE', path, {});
}

/** Sends a file and its fields as multipart/form-data. */
export function upload<T>(path: string, fields: Record<string, string | Blob>): Promise<T> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return request<T>('POST', path, { form });
}

/** The address of something to download: the browser sends the session cookie by itself. */
export function downloadUrl(path: string): string {
  return ROOT + path;
}

export const api = createClient<paths>({ fetch: reach });

/** What a call of `api` answers; throws what it refuses. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw refusal(response, error);
  return data as T;
}

async function request<T>(method: string, path: string, options: Options): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  const response = await reach(
    new Request(ROOT + path + queryString(options.query), {
      method,
      headers,
      body: options.form ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      keepalive: options.keepalive,
      signal: options.signal,
    }),
  );
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  throw refusal(response, await response.json().catch(() => null));
}

async function reach(request: Request): Promise<Response> {
  if (UNSAFE.has(request.method)) request.headers.set('X-CSRFToken', csrfToken());
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    connection.lost();
    throw new NetworkError();
  }
  // A proxy that answers for a server that is away is a lost connection, too.
  if (response.status === 502 || response.status === 503 || response.status === 504) {
    connection.lost();
    throw new NetworkError();
  }
  connection.reached();
  return response;
}

function refusal(response: Response, body: unknown): ApiError {
  if (response.status === 401) sessionEnded();
  return new ApiError(response.status, typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {});
}

function queryString(query: Query | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `?${text}` : '';
}

function csrfToken(): string {
  const match = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie);
  return match?.[1] ? decodeURIComponent(match[1]) : '';
}
