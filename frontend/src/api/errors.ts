/** The one place that turns a failed request into something a person can be told. */

/** The server answered with problem details (RFC 9457). `body` has what it sent beside them. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(typeof body.detail === 'string' && body.detail ? body.detail : `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = typeof body.code === 'string' ? body.code : '';
    this.body = body;
  }

  /** Messages by field name; nested fields are joined by dots: "ratings.0.overall". */
  get fields(): Record<string, string> {
    return flatten(this.body.errors);
  }
}

/** The request did not reach the server, or its answer did not reach us: what was sent may or may not have arrived. */
export class NetworkError extends Error {
  constructor() {
    super('The server cannot be reached.');
    this.name = 'NetworkError';
  }
}

export function isStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}

function flatten(errors: unknown, prefix = ''): Record<string, string> {
  if (errors === null || errors === undefined) return {};
  if (typeof errors === 'string') return { [prefix]: errors };
  if (Array.isArray(errors) && errors.every((item) => typeof item === 'string')) return { [prefix]: errors.join(' ') };
  const fields: Record<string, string> = {};
  for (const [key, value] of Object.entries(errors as Record<string, unknown>)) {
    Object.assign(fields, flatten(value, prefix ? `${prefix}.${key}` : key));
  }
  return fields;
}
