import { NativeSelect, type NativeSelectProps } from '@mantine/core';
import type { ReactNode } from 'react';

interface ChoiceProps extends Omit<NativeSelectProps, 'data' | 'value' | 'onChange'> {
  value: string;
  onChange: (value: string) => void;
  options: readonly { value: string; label: string }[];
  /** The words for no choice, first in the list; without them something must be chosen. */
  none?: string;
}

/** One of a few: the browser's own list, which every keyboard, phone and screen reader knows. */
export function Choice({ value, onChange, options, none, ...rest }: ChoiceProps): ReactNode {
  return (
    <NativeSelect
      size="sm"
      {...rest}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[...(none === undefined ? [] : [{ value: '', label: none }]), ...options]}
    />
  );
}
