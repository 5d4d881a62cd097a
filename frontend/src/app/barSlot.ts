/** A working page puts where it is, its progress and its time into the top bar, in place of the navigation. */
import { useEffect, type ReactNode } from 'react';
import { Store } from './store';

export const barSlot = new Store<ReactNode>(null);

export function useBarSlot(content: ReactNode): void {
  useEffect(() => barSlot.set(content), [content]);
  useEffect(() => () => barSlot.set(null), []);
}
