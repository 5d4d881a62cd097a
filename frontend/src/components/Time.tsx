import type { ReactNode } from 'react';
import { formatTime, formatTimeLong } from '@/app/format';

/** A local time; the zone and the seconds are said on hover. */
export function Time({ at }: { at: string | null }): ReactNode {
  if (!at) return <span aria-hidden="true">{'–'}</span>;
  return (
    <time dateTime={at} title={formatTimeLong(at)}>
      {formatTime(at)}
    </time>
  );
}
