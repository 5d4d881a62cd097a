import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useState, type ReactNode } from 'react';

interface NumberFieldProps extends Omit<NumberInputProps, 'value' | 'onChange' | 'onBlur'> {
  value: number;
  onChange: (value: number) => void;
}

/** Digits that JavaScript keeps exactly; more would come as a text. */
export const MOST_DIGITS = 15;

/** A number, a whole one unless decimals are allowed. Emptied it can be typed anew; left empty, it is what it was before. */
export function NumberField({ value, onChange, ...input }: NumberFieldProps): ReactNode {
  const [emptied, setEmptied] = useState(false);
  return (
    <NumberInput
      size="sm"
      allowDecimal={false}
      required
      withAsterisk={false}
      maxLength={MOST_DIGITS}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      {...input}
      value={emptied ? '' : value}
      onChange={(typed) => {
        setEmptied(typeof typed !== 'number');
        if (typeof typed === 'number') onChange(typed);
      }}
      onBlur={() => setEmptied(false)}
    />
  );
}
