/**
 * Keys: a page names what its keys do, and one listener on the document serves them. The help panel (?) lists them, so
 * a key that works is a key that is shown.
 *
 * A combination is written "mod+Enter" (Ctrl, or Command on a Mac), "alt+g", "shift+u", "ArrowLeft", "a", "?". Keys
 * without mod or alt are silent while somebody types, and can be turned off (WCAG 2.1.4).
 */
import { useEffect, useRef } from 'react';
import { Store } from './store';

export interface KeyBinding {
  keys: string | readonly string[];
  /** What it does, translated. Bindings of one group with the same words are shown on one line. */
  label: string;
  group: string;
  run: (event: KeyboardEvent) => void;
  /** False: the key does nothing now, and is not listed. */
  when?: boolean;
}

/** Each component's bindings, in the order in which the components came to the page. */
const registry = new Set<{ bindings: readonly KeyBinding[]; listing: string }>();
/** What is listed now; a new value only where keys or words have changed. */
export const activeBindings = new Store<readonly KeyBinding[]>([]);
export const helpOpen = new Store(false);
const SINGLE_KEYS_OFF = 'concord.singleKeysOff';
export const singleKeys = new Store(typeof localStorage === 'undefined' || localStorage.getItem(SINGLE_KEYS_OFF) === null);

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

export function setSingleKeys(on: boolean): void {
  if (on) localStorage.removeItem(SINGLE_KEYS_OFF);
  else localStorage.setItem(SINGLE_KEYS_OFF, '1');
  singleKeys.set(on);
}

/** Serves these bindings while the component is on the page. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const own = useRef({ bindings: bindings.slice(0, 0), listing: '' });
  useEffect(() => {
    const live = bindings.filter((binding) => binding.when !== false);
    own.current.bindings = live;
    const listing = JSON.stringify(live.map(({ keys, label, group }) => [keys, label, group]));
    if (registry.has(own.current) && listing === own.current.listing) return;
    own.current.listing = listing;
    registry.add(own.current);
    activeBindings.set(allBindings());
  });
  useEffect(() => {
    const entry = own.current;
    return () => {
      registry.delete(entry);
      activeBindings.set(allBindings());
    };
  }, []);
}

function allBindings(): KeyBinding[] {
  return [...registry].flatMap((entry) => entry.bindings);
}

/** Starts the one listener. Later bindings win, so that a panel may take a key from its page. */
export function listenToKeys(): () => void {
  const listener = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const typing = isTyping(event.target);
    if (typing && event.key === 'Escape') {
      (event.target as HTMLElement).blur();
      return;
    }
    const bindings = allBindings();
    for (let index = bindings.length - 1; index >= 0; index -= 1) {
      const binding = bindings[index];
      const combination = binding && asList(binding.keys).find((keys) => matches(keys, event));
      if (!binding || !combination) continue;
      const plain = !/mod\+|alt\+/.test(combination);
      if (plain && (typing || (!singleKeys.get() && combination.length === 1))) continue;
      if (plain && takesKey(event.target, event.key)) continue;
      event.preventDefault();
      binding.run(event);
      return;
    }
  };
  document.addEventListener('keydown', listener);
  return () => document.removeEventListener('keydown', listener);
}

export function matches(combination: string, event: KeyboardEvent): boolean {
  const parts = combination.split('+');
  const key = combination.endsWith('+') ? '+' : (parts.at(-1) ?? '');
  const has = (name: string): boolean => parts.slice(0, -1).includes(name);
  if (has('mod') !== (isMac ? event.metaKey : event.ctrlKey) || has('alt') !== event.altKey) return false;
  // Signs such as ? and [ need Shift or AltGr on some keyboards, so Shift is compared for letters and named keys only.
  const letter = /^[a-z]$/.test(key);
  if ((letter || key.length > 1) && has('shift') !== event.shiftKey) return false;
  // With Alt, some systems type another sign; the key's place tells then.
  if (letter && has('alt')) return event.code === `Key${key.toUpperCase()}`;
  return event.key === key || (letter && event.key.toLowerCase() === key);
}

export function asList(keys: string | readonly string[]): readonly string[] {
  return typeof keys === 'string' ? [keys] : keys;
}

/** How a combination is written for people: "Ctrl + Enter". */
export function keyNames(combination: string): string[] {
  const names: Record<string, string> = {
    mod: isMac ? '⌘' : 'Ctrl',
    alt: isMac ? '⌥' : 'Alt',
    shift: '⇧',
    ArrowLeft: '←',
    ArrowRight: '→',
    ArrowUp: '↑',
    ArrowDown: '↓',
    Escape: 'Esc',
    Backspace: '⌫',
  };
  return combination.split('+').map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  const textless = ['button', 'checkbox', 'radio', 'range', 'file', 'submit'];
  return target instanceof HTMLInputElement && !textless.includes(target.type);
}

/** A focused control keeps the keys that belong to it: arrows in a radio group, Enter and Space on a button. */
function takesKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('[role="menu"], [role="listbox"], [role="dialog"]')) return true;
  if (target instanceof HTMLInputElement && target.type === 'radio') return key.startsWith('Arrow');
  return (key === 'Enter' || key === ' ') && target.closest('button, a, summary, input') !== null;
}
