import { useEffect, useState } from 'react';
import { ActiveClock } from './activeClock';

const INPUTS = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchmove'] as const;

/** A clock that follows the input on this page. `seconds` is where it begins. */
export function useActiveClock(seconds: number): ActiveClock {
  const [clock] = useState(() => new ActiveClock(seconds));
  useEffect(() => {
    const input = (): void => clock.input();
    const visibility = (): void => {
      if (document.hidden) clock.pause();
    };
    for (const name of INPUTS) window.addEventListener(name, input, { passive: true, capture: true });
    document.addEventListener('visibilitychange', visibility);
    return () => {
      for (const name of INPUTS) window.removeEventListener(name, input, { capture: true });
      document.removeEventListener('visibilitychange', visibility);
    };
  }, [clock]);
  return clock;
}
