import type { ReactNode } from 'react';
import classes from './Interval.module.css';

export interface Mark {
  value: number;
  low: number;
  high: number;
  /** A published value beside ours is drawn more quietly. */
  quiet?: boolean;
}

interface IntervalProps {
  mark: Mark;
  /** The scale's ends, multiples of a quarter. */
  from: number;
  to: number;
  /** The same in words, for who does not see it. */
  text: string;
  /** How the scale's numbers are written. */
  write: (value: number) => string;
}

const WIDTH = 300;
const PAD = 14;
const TICK = 0.25;

/** An estimate drawn with its interval on a fixed scale, so that intervals of different estimates can be compared. */
export function Interval({ mark, from, to, text, write }: IntervalProps): ReactNode {
  const at = (value: number): number =>
    PAD + ((Math.min(to, Math.max(from, value)) - from) / (to - from)) * (WIDTH - 2 * PAD);
  const ticks = Array.from({ length: Math.round((to - from) / TICK) + 1 }, (_, index) => from + index * TICK);
  return (
    <svg
      className={classes.interval}
      viewBox={`0 0 ${WIDTH} 32`}
      role="img"
      aria-label={text}
      data-quiet={mark.quiet || undefined}
    >
      <line className={classes.axis} x1={PAD} x2={WIDTH - PAD} y1="15" y2="15" />
      {ticks.map((tick) => (
        <g key={tick}>
          <line className={classes.axis} x1={at(tick)} x2={at(tick)} y1="13" y2="17" />
          <text className={classes.number} x={at(tick)} y="28" textAnchor="middle">
            {write(tick)}
          </text>
        </g>
      ))}
      <line className={classes.range} x1={at(mark.low)} x2={at(mark.high)} y1="7" y2="7" />
      <line className={classes.end} x1={at(mark.low)} x2={at(mark.low)} y1="4" y2="10" />
      <line className={classes.end} x1={at(mark.high)} x2={at(mark.high)} y1="4" y2="10" />
      <circle className={classes.value} cx={at(mark.value)} cy="7" r="3.5" />
    </svg>
  );
}
