/** The sensitive categories as boxes to tick. */
import { Checkbox, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { SENSITIVE_CATEGORIES, type SensitiveCategory } from '@/api/sensitive';

interface SensitiveChoiceProps {
  label: string;
  description: string;
  value: readonly SensitiveCategory[];
  onChange: (value: SensitiveCategory[]) => void;
  disabled?: boolean;
  error?: ReactNode;
}

export function SensitiveChoice({ label, description, value, onChange, disabled, error }: SensitiveChoiceProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Checkbox.Group
      label={label}
      description={description}
      value={[...value]}
      onChange={(next) => onChange(next as SensitiveCategory[])}
      error={error}
    >
      <Group mt={6} gap="md">
        {SENSITIVE_CATEGORIES.map((category) => (
          <Checkbox key={category} value={category} label={t(`sensitive.${category}`)} disabled={disabled} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}
