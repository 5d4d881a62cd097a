import { TextInput, type TextInputProps } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState, type ReactNode, type RefObject } from 'react';

interface SearchFieldProps extends Pick<TextInputProps, 'description' | 'rightSection' | 'autoFocus'> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  field?: RefObject<HTMLInputElement | null>;
}

/** Typing is shown at once; the address and the list follow when it pauses. */
export function SearchField({ label, value, onChange, field, ...input }: SearchFieldProps): ReactNode {
  const [text, setText] = useState(value);
  const later = useDebouncedCallback(onChange, 300);
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
