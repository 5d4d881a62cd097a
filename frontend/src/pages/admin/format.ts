import { formatNumber } from '@/app/format';

/** "7.1 MB": powers of a thousand, as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${formatNumber(value, unit ? 1 : 0)} ${units[unit]}`;
}

/** "3.4M", "1.3B": as model sizes are written. */
export function formatParameters(count: number): string {
  if (count >= 1e9) return `${formatNumber(count / 1e9, 1)}B`;
  if (count >= 1e6) return `${formatNumber(count / 1e6, 1)}M`;
  return formatNumber(count);
}

/** A metric's value: as many digits as tell runs apart, and no more. */
export function formatMetric(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return formatNumber(value);
  if (size < 0.001) return value.toExponential(2);
  return formatNumber(value, size >= 100 ? 1 : size >= 1 ? 3 : 4);
}
