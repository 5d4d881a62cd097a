import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from './Choice';

interface FilterChoiceProps<Value extends string> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  values: readonly Value[];
  named: (value: Value) => string;
}

/** All of a list, or what has one of these values. */
export function FilterChoice<Value extends string>({ values, named, ...choice }: FilterChoiceProps<Value>): ReactNode {
  const { t } = useTranslation('research');
  return <Choice {...choice} options={values.map((value) => ({ value, label: named(value) }))} none={t('filter.all')} />;
}
