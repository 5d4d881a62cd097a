/** What a screen reader is told when something moved without focus moving. */
import { Store } from '@/app/store';

export const announcement = new Store<{ text: string; turn: number }>({ text: '', turn: 0 });

export function announce(text: string): void {
  announcement.set({ text, turn: announcement.get().turn + 1 });
}
