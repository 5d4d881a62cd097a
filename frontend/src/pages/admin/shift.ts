/** How far a token's log-probability moved in training, in steps that are drawn alike: up is likelier now. */
export type Shift = 'up1' | 'up2' | 'down1' | 'down2';

/** Nats at which a step begins: e^.25 is a quarter likelier, e^1 nearly three times as likely. */
const SOME = 0.25;
const MUCH = 1;

/** Null where it hardly moved. */
export function shiftOf(kl: number): Shift | null {
  const size = Math.abs(kl);
  if (!(size >= SOME)) return null;
  if (kl > 0) return size >= MUCH ? 'up2' : 'up1';
  return size >= MUCH ? 'down2' : 'down1';
}
