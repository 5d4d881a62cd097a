/** The tasks whose labeler has asked to see the text behind a warning, in this tab. */
const KEY = 'concord.warned';

export function wasShown(assignment: string): boolean {
  return read().includes(assignment);
}

export function rememberShown(assignment: string): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...new Set([...read(), assignment])]));
  } catch {
    // Without storage the warning comes again when the task is opened again.
  }
}

function read(): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
