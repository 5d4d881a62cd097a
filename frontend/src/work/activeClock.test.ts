import { describe, expect, it } from 'vitest';
import { ActiveClock, IDLE_AFTER_MS } from './activeClock';

function clockAt(seconds = 0) {
  const time = { now: 1_000_000 };
  const clock = new ActiveClock(seconds, () => time.now);
  return { clock, pass: (ms: number) => (time.now += ms) };
}

describe('active time', () => {
  it('runs from input to input', () => {
    const { clock, pass } = clockAt();
    pass(20_000);
    clock.input();
    pass(30_000);
    expect(clock.seconds()).toBe(50);
  });

  it('stops a minute after the last input, and leaves the pause out', () => {
    const { clock, pass } = clockAt();
    pass(10 * IDLE_AFTER_MS);
    expect(clock.seconds()).toBe(60);
    clock.input();
    pass(5_000);
    expect(clock.seconds()).toBe(65);
  });

  it('counts nothing while the page is hidden', () => {
    const { clock, pass } = clockAt();
    pass(10_000);
    clock.pause();
    pass(40_000);
    expect(clock.seconds()).toBe(10);
    expect(clock.idleFor()).toBe(Infinity);
    clock.input();
    pass(1_000);
    expect(clock.seconds()).toBe(11);
  });

  it('goes on from what was measured before', () => {
    const { clock, pass } = clockAt(300);
    pass(2_000);
    expect(clock.seconds()).toBe(302);
  });

  it('never runs backwards when the clock of the machine is set back', () => {
    const { clock, pass } = clockAt();
    pass(10_000);
    clock.input();
    pass(-3_600_000);
    expect(clock.seconds()).toBe(10);
  });
});
