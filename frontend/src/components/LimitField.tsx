import { NumberInput, type NumberInputProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { MOST_DIGITS } from './NumberField';

interface LimitFieldProps extends Omit<NumberInputProps, 'value' | 'onChange'> {
  /** '' for none. */
  value: number | '';
  onChange: (value: number | '') => void;
}

/** How many at most: one or more, or no limit. */
export function LimitField({ onChange, ...input }: LimitFieldProps): ReactNode {
  return (
    <NumberInput
      size="sm"
      min={1}
      allowDecimal={false}
      maxLength={MOST_DIGITS}
      {...input}
      onChange={(typed) => onChange(typeof typed === 'number' ? typed : '')}
    />
  );
}
