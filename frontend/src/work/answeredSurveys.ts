/** Which surveys were answered from this browser: known here and nowhere else, so that it does not ask again. */
const KEY = 'concord.surveys';

export function answeredSurveys(user: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(`${KEY}.${user}`) ?? '[]');
    return Array.isArray(kept) ? kept.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

export function rememberSurvey(user: string, survey: string): void {
  try {
    localStorage.setItem(`${KEY}.${user}`, JSON.stringify([...new Set([...answeredSurveys(user), survey])]));
  } catch {
    // Without storage it asks again; nothing is lost.
  }
}
