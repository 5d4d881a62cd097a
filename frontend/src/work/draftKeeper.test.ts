import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, NetworkError } from '@/api/errors';
import { DraftKeeper, SAVE_AFTER_MS } from './draftKeeper';
import { Journal } from './journal';
import { MemoryStore } from './memoryStore';

interface Form {
  text: string;
}

/** A server with one draft, which refuses a stale revision as the real one does. */
class Server {
  draft: Record<string, unknown> = {};
  revision = 0;
  saves = 0;
  trouble: Error | null = null;
  /** Takes the draft, but its answer gets lost. */
  deaf = false;

  save = async (revision: number, draft: unknown): Promise<{ draft_revision: number }> => {
    this.saves += 1;
    if (this.trouble) throw this.trouble;
    if (revision !== this.revision) {
      throw new ApiError(409, { code: 'stale_draft', draft: this.draft, draft_revision: this.revision });
    }
    this.draft = draft as Record<string, unknown>;
    this.revision += 1;
    if (this.deaf) throw new NetworkError();
    return { draft_revision: this.revision };
  };
}

function open(server: Server, journal: Journal, writer: string): DraftKeeper<Form> {
  const keeper = new DraftKeeper<Form>({
    assignment: 'task',
    draft: server.draft,
    revision: server.revision,
    journal,
    read: (draft) => ({ text: String((draft as Partial<Form>).text ?? '') }),
    write: (form) => ({ ...form, active_seconds: 1 }),
    save: server.save,
    writer,
  });
  keeper.start();
  return keeper;
}

const text = (keeper: DraftKeeper<Form>): string => keeper.state.get().form.text;
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(SAVE_AFTER_MS);

describe('keeping a draft', () => {
  let server: Server;
  let journal: Journal;
  beforeEach(() => {
    vi.useFakeTimers();
    server = new Server();
    journal = new Journal('ada', new MemoryStore());
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('sends what is typed within two seconds, also while typing goes on', async () => {
    expect(SAVE_AFTER_MS).toBeLessThanOrEqual(2000);
    const keeper = open(server, journal, 'tab');
    for (let letter = 0; letter < 12; letter += 1) {
      keeper.edit({ text: 'x'.repeat(letter + 1) });
      await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS / 4);
    }
    expect(server.saves).toBeGreaterThanOrEqual(2);
    await settle();
    expect(server.draft.text).toBe('x'.repeat(12));
    expect(keeper.state.get().state).toBe('saved');
    expect(journal.entries('task')).toEqual([]);
  });

  it('has each edit in the journal at once, and a page opened after a crash goes on with it', async () => {
    const crashed = open(server, journal, 'tab');
    crashed.edit({ text: 'typed, then the lights went out' });
    crashed.stop(false);
    const next = open(server, journal, 'next tab');
    expect(text(next)).toBe('typed, then the lights went out');
    await settle();
    expect(server.draft.text).toBe('typed, then the lights went out');
    expect(journal.entries('task')).toEqual([]);
  });

  it('goes on by itself when the network is back', async () => {
    const keeper = open(server, journal, 'tab');
    server.trouble = new NetworkError();
    keeper.edit({ text: 'offline' });
    await settle();
    expect(keeper.state.get().state).toBe('kept');
    expect(journal.entries('task')).toHaveLength(1);
    server.trouble = null;
    keeper.flush();
    await settle();
    expect(keeper.state.get().state).toBe('saved');
    expect(server.draft.text).toBe('offline');
  });

  it('tells when neither server nor browser keep it', async () => {
    const store = new MemoryStore();
    store.full = true;
    const keeper = open(server, new Journal('ada', store), 'tab');
    server.trouble = new NetworkError();
    keeper.edit({ text: 'a' });
    await settle();
    keeper.edit({ text: 'ab' });
    expect(keeper.state.get().state).toBe('lost');
  });

  it('shows another version with other words, sends nothing meanwhile, and goes on with the choice', async () => {
    const keeper = open(server, journal, 'tab');
    const other = open(server, new Journal('ada', new MemoryStore()), 'other device');
    other.edit({ text: 'theirs' });
    await settle();
    keeper.edit({ text: 'mine' });
    await settle();
    expect(keeper.state.get().others).toEqual([{ form: { text: 'theirs' }, from: 'server' }]);
    expect(text(keeper)).toBe('mine');
    const saves = server.saves;
    keeper.edit({ text: 'mine, and more' });
    await settle();
    expect(server.saves).toBe(saves);
    expect(server.draft.text).toBe('theirs');
    keeper.resolve({ text: 'mine, and more; theirs' });
    await settle();
    expect(server.draft.text).toBe('mine, and more; theirs');
    expect(keeper.state.get().others).toEqual([]);
  });

  it('finds no conflict in the same words', async () => {
    const keeper = open(server, journal, 'tab');
    const other = open(server, new Journal('ada', new MemoryStore()), 'other device');
    other.edit({ text: 'same' });
    await settle();
    keeper.edit({ text: 'same' });
    await settle();
    expect(keeper.state.get()).toMatchObject({ state: 'saved', others: [] });
  });

  it('knows its own earlier words whose receipt was lost', async () => {
    const keeper = open(server, journal, 'tab');
    server.deaf = true;
    keeper.edit({ text: 'first' });
    await settle();
    server.deaf = false;
    keeper.edit({ text: 'first and second' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(keeper.state.get()).toMatchObject({ state: 'saved', others: [] });
    expect(server.draft.text).toBe('first and second');
  });

  it('knows, after a reload, the words that were on their way when the page went', async () => {
    const before = open(server, journal, 'tab');
    server.deaf = true;
    before.edit({ text: 'on its way' });
    await settle();
    before.edit({ text: 'on its way, and typed since' });
    before.stop(false);
    server.deaf = false;
    const after = open(server, journal, 'tab after the reload');
    expect(after.state.get().others).toEqual([]);
    await settle();
    expect(server.draft.text).toBe('on its way, and typed since');
  });

  it('offers what another window left unsent, if the server has moved on', async () => {
    const closed = open(server, journal, 'closed window');
    closed.edit({ text: 'never sent' });
    closed.stop(false);
    const other = open(server, new Journal('ada', new MemoryStore()), 'other device');
    other.edit({ text: 'sent meanwhile' });
    await settle();
    const keeper = open(server, journal, 'tab');
    expect(text(keeper)).toBe('never sent');
    expect(keeper.state.get().others).toEqual([{ form: { text: 'sent meanwhile' }, from: 'server' }]);
  });

  it('takes over the newer draft of another tab where nothing here is unsent, and only there', async () => {
    const keeper = open(server, journal, 'tab');
    keeper.refresh({ text: 'newer' }, 5);
    expect(text(keeper)).toBe('newer');
    keeper.edit({ text: 'typing' });
    keeper.refresh({ text: 'newest' }, 6);
    expect(text(keeper)).toBe('typing');
  });

  it('keeps what the server refuses, and says why', async () => {
    const keeper = open(server, journal, 'tab');
    server.trouble = new ApiError(413, { code: 'too_large', detail: 'Too large.' });
    keeper.edit({ text: 'much' });
    await settle();
    expect(keeper.state.get().state).toBe('refused');
    expect(journal.entries('task')).toHaveLength(1);
  });

  it('forgets the journal once the task is done with', () => {
    const keeper = open(server, journal, 'tab');
    keeper.edit({ text: 'x' });
    keeper.stop(true);
    expect(journal.entries('task')).toEqual([]);
  });
});
