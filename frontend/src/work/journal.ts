/**
 * What was typed and has not reached the server yet, kept in this browser: it survives a reload, a crash and a lost
 * network. Each open page writes an entry of its own, so two tabs never overwrite each other's words. An entry is
 * removed once the server has what it holds.
 *
 * localStorage, because it is written at once, also while the page is being closed; drafts are text and small.
 */

const ROOT = 'concord.journal';
const KEEP_MS = 30 * 24 * 3600 * 1000;

export interface Entry {
  /** The page that wrote it. */
  writer: string;
  draft: unknown;
  /** The server's draft revision that it builds on. */
  base: number;
  /** When it was written, in ms since 1970. */
  at: number;
}

export interface PendingSubmission {
  body: { submission_id: string } & Record<string, unknown>;
  at: number;
}

type KeyValueStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export class Journal {
  private readonly prefix: string;
  private readonly store: KeyValueStore;
  private readonly now: () => number;

  constructor(user: string, store: KeyValueStore = localStorage, now: () => number = Date.now) {
    this.prefix = `${ROOT}.${user}.`;
    this.store = store;
    this.now = now;
  }

  /** False if the browser refused to keep it: its storage is full or switched off. */
  write(assignment: string, writer: string, draft: unknown, base: number): boolean {
    const entry: Entry = { writer, draft, base, at: this.now() };
    try {
      this.store.setItem(this.draftKey(assignment, writer), JSON.stringify(entry));
      return true;
    } catch {
      return false;
    }
  }

  /** Everything unsent of an assignment, newest first. */
  entries(assignment: string): Entry[] {
    return this.keys(this.draftKey(assignment, ''))
      .flatMap((key) => read<Entry>(this.store, key) ?? [])
      .sort((one, other) => other.at - one.at);
  }

  /** Removes a page's entry; with `at`, only if it was not written since. */
  remove(assignment: string, writer: string, at?: number): void {
    const key = this.draftKey(assignment, writer);
    if (at !== undefined && read<Entry>(this.store, key)?.at !== at) return;
    this.store.removeItem(key);
  }

  /** Removes all entries of an assignment: it is submitted, skipped or given back. */
  clear(assignment: string): void {
    for (const key of this.keys(this.draftKey(assignment, ''))) this.store.removeItem(key);
  }

  /** Keeps a submission until the server has answered, so that it is sent again with the same id and body. */
  keepSubmission(assignment: string, body: PendingSubmission['body']): void {
    try {
      this.store.setItem(this.submissionKey(assignment), JSON.stringify({ body, at: this.now() }));
    } catch {
      // It is sent all the same; only a reload in this very moment would forget its id.
    }
  }

  submission(assignment: string): PendingSubmission | null {
    return read<PendingSubmission>(this.store, this.submissionKey(assignment));
  }

  dropSubmission(assignment: string): void {
    this.store.removeItem(this.submissionKey(assignment));
  }

  /** Forgets what nobody came back for in thirty days. */
  prune(): void {
    for (const key of this.keys(this.prefix)) {
      const at = read<{ at: number }>(this.store, key)?.at ?? 0;
      if (at < this.now() - KEEP_MS) this.store.removeItem(key);
    }
  }

  private draftKey(assignment: string, writer: string): string {
    return `${this.prefix}draft.${assignment}.${writer}`;
  }

  private submissionKey(assignment: string): string {
    return `${this.prefix}submission.${assignment}`;
  }

  private keys(prefix: string): string[] {
    const all = Array.from({ length: this.store.length }, (_, index) => this.store.key(index));
    return all.filter((key): key is string => key?.startsWith(prefix) ?? false);
  }
}

function read<T>(store: KeyValueStore, key: string): T | null {
  try {
    const text = store.getItem(key);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}
