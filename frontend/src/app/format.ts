/** Numbers, times and durations, as the chosen language writes them. Times are local; the zone is in the long form. */
import i18next from 'i18next';

function locale(): string {
  return i18next.language?.startsWith('pseudo') ? 'en' : (i18next.language ?? 'en');
}

export function formatNumber(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

/** The same with all its digits: coefficients that stand beside each other. */
export function formatFixed(value: number, digits: number): string {
  return new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

export function formatPercent(share: number, digits = 1): string {
  return new Intl.NumberFormat(locale(), {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(share);
}

/** "21 Nov, 14:05"; the year only where it is not this one. */
export function formatTime(iso: string): string {
  const time = new Date(iso);
  const sameYear = time.getFullYear() === new Date().getFullYear();
  return new Intl.DateTimeFormat(locale(), {
    day: 'numeric',
    month: 'short',
    year: sameYear ? undefined : 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(time);
}

/** The same with seconds and the zone, for titles. */
export function formatTimeLong(iso: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'full', timeStyle: 'long' }).format(new Date(iso));
}

/** "21 Nov" for a plain date such as "2026-11-21"; the year only where it is not this one. */
export function formatDay(day: string): string {
  const sameYear = day.startsWith(String(new Date().getFullYear()));
  return new Intl.DateTimeFormat(locale(), {
    day: 'numeric',
    month: 'short',
    year: sameYear ? undefined : 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`));
}

/** A weekday's short name for a plain date such as "2026-11-21". */
export function formatWeekday(day: string): string {
  return new Intl.DateTimeFormat(locale(), { weekday: 'short', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

export function formatDuration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 60) return i18next.t('time.seconds', { seconds: Math.round(seconds) });
  if (minutes < 60) return i18next.t('time.minutes', { minutes });
  return i18next.t('time.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** "4:05" or "1:04:05": a running clock. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
