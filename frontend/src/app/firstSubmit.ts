import { useEffect } from 'react';

const SAME_MS = 400;

/**
 * The second click of a double click, and a key that is held, come before React has shown that the form is on its way:
 * they would launch two runs. A form that was just sent is not sent again. What labelers submit and what is published
 * has an id for that.
 */
export function useFirstSubmitOnly(): void {
  useEffect(() => {
    const sent = new WeakMap<EventTarget, number>();
    const judge = (event: SubmitEvent): void => {
      if (!event.target) return;
      if (event.timeStamp - (sent.get(event.target) ?? -Infinity) < SAME_MS) {
        event.preventDefault();
        event.stopPropagation();
      } else {
        sent.set(event.target, event.timeStamp);
      }
    };
    document.addEventListener('submit', judge, { capture: true });
    return () => document.removeEventListener('submit', judge, { capture: true });
  }, []);
}
