import type { RunKind, Setting } from '@/api/runs';
import type { Schema } from '@/api/schemas';

/** A stage's own settings, and those that every stage has: precision, threads, checkpoints. */
export function splitSettings(
  forms: Schema<'Forms'>,
  kind: RunKind,
  preset: string,
): { own: Setting[]; shared: Setting[] } {
  const names = forms.kinds.map((form) => new Set((form.settings[preset] ?? []).map((setting) => setting.name)));
  const settings = forms.kinds.find((form) => form.kind === kind)?.settings[preset] ?? [];
  const everywhere = (setting: Setting): boolean => names.every((known) => known.has(setting.name));
  return {
    own: settings.filter((setting) => !everywhere(setting)),
    shared: settings.filter(everywhere),
  };
}
