/** The server's time, as its last answer that told it: the browser's own clock may be wrong. */
let offset = 0;

export function noteServerTime(iso: string): void {
  const server = Date.parse(iso);
  if (Number.isFinite(server)) offset = server - Date.now();
}

export function serverNow(): number {
  return Date.now() + offset;
}
