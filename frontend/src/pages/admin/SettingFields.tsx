/** The settings of a stage as the trainer describes them: default, limits, help, and what the paper used. */
import { Switch, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Setting, SettingValues } from '@/api/runs';
import { Choice } from '@/components/Choice';
import { Plain } from '@/components/Plain';
import classes from './Admin.module.css';

/** What was changed, as it was typed, by name. */
export type TypedSettings = Record<string, string>;

interface FieldsProps {
  settings: readonly Setting[];
  typed: TypedSettings;
  /** Messages of the server by `settings.NAME`. */
  errors: Record<string, string>;
  onChange: (typed: TypedSettings) => void;
}

export function SettingFields({ settings, typed, errors, onChange }: FieldsProps): ReactNode {
  const set = (name: string, value: string | null): void => {
    const next = { ...typed };
    if (value === null) delete next[name];
    else next[name] = value;
    onChange(next);
  };
  return (
    <div className={classes.settings}>
      {settings.map((setting) => (
        <Field
          key={setting.name}
          setting={setting}
          value={typed[setting.name]}
          error={errors[`settings.${setting.name}`]}
          onChange={(value) => set(setting.name, value)}
        />
      ))}
    </div>
  );
}

interface FieldProps {
  setting: Setting;
  value: string | undefined;
  error: string | undefined;
  onChange: (value: string | null) => void;
}

function Field({ setting, value, error, onChange }: FieldProps): ReactNode {
  const { t } = useTranslation('admin');
  const fallback = String(setting.default);
  const label = setting.name.replaceAll('_', ' ');
  const limits =
    setting.minimum !== null && setting.maximum !== null
      ? t('settings.limits', { minimum: plain(setting.minimum), maximum: plain(setting.maximum) })
      : '';
  const words = [
    setting.help,
    setting.type === 'boolean' || setting.choices.length ? '' : t('settings.default', { value: fallback || '–' }),
    limits,
    setting.paper && t('settings.paper', { value: setting.paper }),
  ]
    .filter(Boolean)
    .join(' ');
  const help = <Plain text={words} />;
  if (setting.type === 'boolean') {
    return (
      <Switch
        label={label}
        description={help}
        error={error}
        checked={(value ?? fallback).toLowerCase() === 'true'}
        onChange={(event) => onChange(String(event.currentTarget.checked))}
      />
    );
  }
  if (setting.choices.length) {
    return (
      <Choice
        label={label}
        description={help}
        error={error}
        value={value ?? fallback}
        onChange={onChange}
        options={setting.choices.map((choice) => ({ value: choice, label: choice }))}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      />
    );
  }
  return (
    <TextInput
      label={label}
      description={help}
      error={error}
      placeholder={fallback}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}
      inputMode={setting.type === 'string' ? 'text' : 'decimal'}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    />
  );
}

/** 4194304 as it is typed into the field, without separators. */
function plain(value: number): string {
  return String(value);
}

/** The typed values as the API takes them; what is not a number is sent as it is, and the server says so. */
export function settingValues(settings: readonly Setting[], typed: TypedSettings): SettingValues {
  const values: SettingValues = {};
  for (const setting of settings) {
    const text = typed[setting.name]?.trim();
    if (text === undefined || text === '') continue;
    if (setting.type === 'boolean') values[setting.name] = text.toLowerCase() === 'true';
    else if (setting.type === 'string') values[setting.name] = text;
    else values[setting.name] = Number.isFinite(Number(text)) ? Number(text) : text;
  }
  return values;
}
