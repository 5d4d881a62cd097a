/** What is being written, kept in this browser until the server has it. Sent twice unchanged, it is one message. */
import { useState } from 'react';
import { useUser } from '@/app/session';
import { uuid } from '@/app/uuid';

interface Unsent {
  text: string;
  submission_id: string;
}

export interface UnsentMessage extends Unsent {
  write: (text: string) => void;
  clear: () => void;
}

const fresh = (text = ''): Unsent => ({ text, submission_id: uuid() });

/** `place`: what it belongs to, such as an assignment's id. */
export function useUnsent(place: string): UnsentMessage {
  const { id } = useUser();
  const key = `concord.unsent.${id}.${place}`;
  const [unsent, setUnsent] = useState<Unsent>(() => read(key));
  const keep = (next: Unsent): void => {
    setUnsent(next);
    try {
      if (next.text) localStorage.setItem(key, JSON.stringify(next));
      else localStorage.removeItem(key);
    } catch {
      // A full or forbidden store: the words are still on the page.
    }
  };
  return { ...unsent, write: (text) => keep(fresh(text)), clear: () => keep(fresh()) };
}

function read(key: string): Unsent {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Unsent | null;
    return typeof kept?.text === 'string' && typeof kept.submission_id === 'string' ? kept : fresh();
  } catch {
    return fresh();
  }
}
