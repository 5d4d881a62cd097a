/** Measures active time: it runs from input to input, and stops a minute after the last one. */

export const IDLE_AFTER_MS = 60_000;

export class ActiveClock {
  private counted: number;
  private last: number | null;
  private readonly now: () => number;

  /** `seconds`: what was measured before, of a draft that is taken up again. */
  constructor(seconds: number, now: () => number = Date.now) {
    this.now = now;
    this.counted = seconds * 1000;
    this.last = now();
  }

  /** Somebody typed, clicked, scrolled or moved the pointer. */
  input(): void {
    this.count();
    this.last = this.now();
  }

  /** The page is hidden: nothing counts until the next input. */
  pause(): void {
    this.count();
    this.last = null;
  }

  /** Milliseconds since the last input; infinite while paused. */
  idleFor(): number {
    return this.last === null ? Infinity : this.now() - this.last;
  }

  seconds(): number {
    return (this.counted + this.running()) / 1000;
  }

  private count(): void {
    this.counted += this.running();
  }

  private running(): number {
    // A clock that was set back does not take away what was counted.
    return this.last === null ? 0 : Math.min(Math.max(this.now() - this.last, 0), IDLE_AFTER_MS);
  }
}
