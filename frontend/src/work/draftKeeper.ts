/**
 * Keeps a form on the server and in the browser while it is being filled in. Knows nothing of React.
 *
 * Each edit goes to the journal at once and to the server within SAVE_AFTER_MS, with the revision that it builds on. If
 * the server has moved on (another tab or device), the versions are compared: the same words are no conflict; different
 * ones are shown to the labeler, and nothing more is sent until one of them, or both together, is chosen. A draft
 * carries the id of the page that wrote it, so that a page knows an earlier version of its own words, whose receipt a
 * reload or a lost connection took away, and does not call that a conflict.
 */
import { ApiError, NetworkError } from '@/api/errors';
import { Store } from '@/app/store';
import { uuid } from '@/app/uuid';
import type { Journal } from './journal';

export const SAVE_AFTER_MS = 1000;
const RETRY_AFTER_MS = 4000;

export type SaveState =
  | 'saved' // the server has it
  | 'pending' // on its way within a second
  | 'kept' // in this browser; the server cannot be reached or does not know us at the moment
  | 'refused' // in this browser; the server does not take it, see `error`
  | 'lost'; // the server cannot be reached and the browser refuses to store: only this page has it

export interface OtherVersion<Form> {
  form: Form;
  /** Where it was found: the server's own draft, or left unsent in this browser by another page. */
  from: 'server' | 'browser';
}

export interface KeeperState<Form> {
  form: Form;
  state: SaveState;
  /** Versions with other words, to choose from; empty where there is no conflict. */
  others: readonly OtherVersion<Form>[];
  error: unknown;
}

export interface KeeperOptions<Form> {
  assignment: string;
  /** What the server had when the page was opened. */
  draft: unknown;
  revision: number;
  journal: Journal;
  read: (draft: unknown) => Form;
  /** What is sent and journaled for a form. */
  write: (form: Form) => Record<string, unknown>;
  save: (revision: number, draft: Record<string, unknown>, keepalive: boolean) => Promise<{ draft_revision: number }>;
  writer?: string;
}

export class DraftKeeper<Form> {
  readonly state: Store<KeeperState<Form>>;
  private readonly options: KeeperOptions<Form>;
  private readonly writer: string;
  private base: number;
  /** What the server has, as far as we know. */
  private saved: Form;
  private adopted: { writer: string; at: number }[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving = false;
  private stopped = false;

  constructor(options: KeeperOptions<Form>) {
    this.options = options;
    this.writer = options.writer ?? uuid();
    this.base = options.revision;
    this.saved = options.read(options.draft);
    this.state = new Store<KeeperState<Form>>({ form: this.saved, state: 'saved', others: [], error: null });
    this.takeUpJournal();
  }

  /** Begins to send. Until then the keeper only reads. */
  start(): void {
    this.stopped = false;
    const { form, others } = this.state.get();
    if (this.same(form, this.saved)) return;
    this.keep();
    if (others.length === 0) this.schedule(0);
  }

  /** Goes on with what an earlier page, or another one, left unsent. */
  private takeUpJournal(): void {
    const { journal, assignment, read } = this.options;
    const entries = journal.entries(assignment);
    this.adopted = entries.map(({ writer, at }) => ({ writer, at }));
    const unsent = entries
      .map((entry) => ({ ...entry, form: read(entry.draft) }))
      .filter((entry) => !this.same(entry.form, this.saved));
    const [newest, ...older] = unsent;
    if (!newest) return;
    const others: OtherVersion<Form>[] = older
      .filter((entry) => !this.same(entry.form, newest.form))
      .map((entry) => ({ form: entry.form, from: 'browser' }));
    if (newest.base !== this.base && newest.writer !== writerOf(this.options.draft)) {
      others.unshift({ form: this.saved, from: 'server' });
    }
    this.change({ form: newest.form, others, state: 'pending' });
  }

  /** The form has changed under the labeler's hands. */
  edit(form: Form): void {
    if (this.stopped) return;
    this.change({ form });
    this.keep();
    if (this.state.get().others.length === 0) this.schedule(SAVE_AFTER_MS);
  }

  /** Sends now what is not yet sent: the page is being hidden, the connection is back, somebody signed in again. */
  flush(keepalive = false): void {
    if (this.state.get().state === 'saved' || this.state.get().others.length > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    void this.send(keepalive);
  }

  /** The labeler has chosen: `form` goes on, and meets the versions that are left to choose from, if any. */
  resolve(form: Form, left: readonly OtherVersion<Form>[] = []): void {
    this.change({ form, others: left });
    this.keep();
    if (left.length === 0) this.schedule(0);
  }

  /** The server's draft, read again (this page comes back into view): taken over where nothing here is unsent. */
  refresh(draft: unknown, revision: number): void {
    const { state, others } = this.state.get();
    if (this.stopped || revision <= this.base || state !== 'saved' || others.length > 0) return;
    this.base = revision;
    this.saved = this.options.read(draft);
    this.change({ form: this.saved });
  }

  /** Nothing is sent or kept from here on; with `forget`, the journal forgets the assignment: it is done with. */
  stop(forget: boolean): void {
    this.stopped = true;
    clearTimeout(this.timer);
    if (forget) this.options.journal.clear(this.options.assignment);
  }

  private schedule(delay: number): void {
    // The first edit sets the time: steady typing does not put the sending off.
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.send(false);
    }, delay);
  }

  private async send(keepalive: boolean): Promise<void> {
    if (this.saving || this.stopped || this.state.get().others.length > 0) return;
    const { form } = this.state.get();
    this.saving = true;
    try {
      const answer = await this.options.save(this.base, this.payload(form), keepalive);
      this.accepted(form, answer.draft_revision);
    } catch (error) {
      this.failed(form, error);
    } finally {
      this.saving = false;
    }
    // What was typed meanwhile follows.
    if (!this.stopped && this.state.get().state === 'pending') this.schedule(SAVE_AFTER_MS);
  }

  private accepted(form: Form, revision: number): void {
    this.base = revision;
    this.saved = form;
    this.forgetAdopted();
    if (this.same(this.state.get().form, form)) {
      this.options.journal.remove(this.options.assignment, this.writer);
      this.change({ state: 'saved', error: null });
    } else if (!this.stopped) {
      this.change({ state: 'pending', error: null });
      this.keep();
    }
  }

  private failed(form: Form, error: unknown): void {
    if (this.stopped) return;
    if (error instanceof ApiError && error.code === 'stale_draft') {
      this.compare(form, error.body.draft, Number(error.body.draft_revision));
      return;
    }
    const passing = error instanceof NetworkError || (error instanceof ApiError && [401, 429, 500].includes(error.status));
    if (this.state.get().state !== 'lost') this.change({ state: passing ? 'kept' : 'refused', error });
    if (passing) this.schedule(RETRY_AFTER_MS);
  }

  private compare(form: Form, draft: unknown, revision: number): void {
    const theirs = this.options.read(draft);
    const untouched = this.same(theirs, this.saved) || writerOf(draft) === this.writer;
    this.base = revision;
    this.saved = theirs;
    if (this.same(theirs, form)) this.accepted(form, revision);
    else if (untouched) this.schedule(0);
    else this.change({ others: [{ form: theirs, from: 'server' }] });
  }

  private keep(): void {
    const { form, state } = this.state.get();
    const kept = this.options.journal.write(
      this.options.assignment,
      this.writer,
      this.payload(form),
      this.base,
    );
    const unreachable = state === 'kept' || state === 'lost' || state === 'refused';
    if (kept) this.change({ state: state === 'refused' || state === 'kept' ? state : 'pending' });
    else this.change({ state: unreachable ? 'lost' : 'pending' });
  }

  private payload(form: Form): Record<string, unknown> {
    return { ...this.options.write(form), writer: this.writer };
  }

  private forgetAdopted(): void {
    for (const { writer, at } of this.adopted) this.options.journal.remove(this.options.assignment, writer, at);
    this.adopted = [];
  }

  private change(part: Partial<KeeperState<Form>>): void {
    this.state.set({ ...this.state.get(), ...part });
  }

  private same(one: Form, other: Form): boolean {
    return canonical(one) === canonical(other);
  }
}

function writerOf(draft: unknown): unknown {
  return typeof draft === 'object' && draft !== null ? (draft as Record<string, unknown>).writer : undefined;
}

/** JSON with sorted keys: the database gives an object's keys back in an order of its own. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
