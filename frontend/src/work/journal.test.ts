import { describe, expect, it } from 'vitest';
import { Journal } from './journal';
import { MemoryStore } from './memoryStore';

describe('the journal', () => {
  it('gives back what each page wrote, newest first', () => {
    let now = 1;
    const journal = new Journal('ada', new MemoryStore(), () => now);
    journal.write('task', 'tab-1', { response: 'one' }, 3);
    now = 2;
    journal.write('task', 'tab-2', { response: 'two' }, 3);
    expect(journal.entries('task').map((entry) => entry.draft)).toEqual([{ response: 'two' }, { response: 'one' }]);
    expect(journal.entries('other task')).toEqual([]);
  });

  it('keeps people who share a browser apart', () => {
    const store = new MemoryStore();
    new Journal('ada', store).write('task', 'tab', { response: 'mine' }, 0);
    expect(new Journal('ben', store).entries('task')).toEqual([]);
  });

  it('does not remove an entry that was written again since it was read', () => {
    let now = 1;
    const journal = new Journal('ada', new MemoryStore(), () => now);
    journal.write('task', 'tab', { response: 'old' }, 0);
    now = 2;
    journal.write('task', 'tab', { response: 'new' }, 0);
    journal.remove('task', 'tab', 1);
    expect(journal.entries('task')).toHaveLength(1);
    journal.remove('task', 'tab', 2);
    expect(journal.entries('task')).toHaveLength(0);
  });

  it('says so when the browser refuses to store', () => {
    const store = new MemoryStore();
    store.full = true;
    expect(new Journal('ada', store).write('task', 'tab', {}, 0)).toBe(false);
  });

  it('passes over what it cannot read', () => {
    const store = new MemoryStore();
    const journal = new Journal('ada', store);
    journal.write('task', 'tab', { response: 'kept' }, 0);
    store.setItem('concord.journal.ada.draft.task.broken', '{');
    expect(journal.entries('task')).toHaveLength(1);
  });

  it('keeps a submission with its id until it is dropped, and clears drafts without touching it', () => {
    const journal = new Journal('ada', new MemoryStore());
    journal.keepSubmission('task', { submission_id: 'id', response: 'x' });
    journal.clear('task');
    expect(journal.submission('task')?.body.submission_id).toBe('id');
    journal.dropSubmission('task');
    expect(journal.submission('task')).toBeNull();
  });

  it('forgets after thirty days, and not before', () => {
    let now = 0;
    const journal = new Journal('ada', new MemoryStore(), () => now);
    journal.write('task', 'tab', {}, 0);
    now = 29 * 24 * 3600 * 1000;
    journal.prune();
    expect(journal.entries('task')).toHaveLength(1);
    now = 31 * 24 * 3600 * 1000;
    journal.prune();
    expect(journal.entries('task')).toHaveLength(0);
  });
});
