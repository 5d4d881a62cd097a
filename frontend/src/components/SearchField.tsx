import { TextInput, type TextInputProps } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState, type ReactNode, type RefObject } from 'react';

interface SearchFieldProps extends Pick<TextInputProps, 'description' | 'rightSection' | 'autoFocus'> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  field?: RefObject<HTMLInputElement | null>;
}

/** Typing is shown at once; the address and the list follow when it pauses, and the field where others change the address. */
export function SearchField({ label, value, onChange, field, ...input }: SearchFieldProps): ReactNode {
  const [text, setText] = useState(value);
  const [sent, setSent] = useState(value);
  const [before, setBefore] = useState(value);
  if (value !== before) {
    setBefore(value);
    setSent(value);
    // What was sent from here arrives while more is typed already.
    if (value !== sent) setText(value);
  }
  const later = useDebouncedCallback((typed: string) => {
    setSent(typed);
    onChange(typed);
  }, 300);
  return (
    <TextInput
      {...input}
      ref={field}
      type="search"
      label={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        later(event.currentTarget.value.trim());
      }}
    />
  );
}
