/** True from a 401 until the same person has signed in again. The page beneath stays as it is. */
import { Store } from './store';

export const sessionExpired = new Store(false);
let signedIn = false;

/** Tells that somebody is signed in, so that a later 401 means an ended session and not an anonymous visitor. */
export function sessionBegan(): void {
  signedIn = true;
  sessionExpired.set(false);
}

export function sessionEnded(): void {
  if (signedIn) sessionExpired.set(true);
}

export function signedOutByChoice(): void {
  signedIn = false;
  sessionExpired.set(false);
}
