import { Checkbox, SimpleGrid, Stack } from '@mantine/core';
import type { ReactNode } from 'react';

interface OptionalFieldsProps {
  label: string;
  description: string;
  wanted: boolean;
  onChange: (wanted: boolean) => void;
  children: ReactNode;
}

/** Fields that are asked for only where a box is ticked. */
export function OptionalFields({ label, description, wanted, onChange, children }: OptionalFieldsProps): ReactNode {
  return (
    <Stack gap="xs">
      <Checkbox label={label} description={description} checked={wanted} onChange={(event) => onChange(event.currentTarget.checked)} />
      {wanted && <SimpleGrid cols={{ base: 1, xs: 2 }}>{children}</SimpleGrid>}
    </Stack>
  );
}
