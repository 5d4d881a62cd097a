/** What each kind of task weighs for labelers who work on the project's mix. */
import { Fieldset, SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { TASK_KINDS, type Schema } from '@/api/schemas';
import { NumberField } from '@/components/NumberField';

type Mix = Schema<'Mix'>;

interface MixFieldsProps {
  mix: Mix;
  onChange: (mix: Mix) => void;
  errors: Partial<Record<keyof Mix, string | undefined>>;
}

export function MixFields({ mix, onChange, errors }: MixFieldsProps): ReactNode {
  const { t } = useTranslation('research');
  const { t: common } = useTranslation();
  return (
    <Fieldset legend={t('form.mix')}>
      <Text size="sm" c="dimmed" mb="xs">
        {t('form.mixHelp')}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        {TASK_KINDS.map((kind) => (
          <NumberField
            key={kind}
            label={common(`kind.${kind}`)}
            value={mix[kind] ?? 0}
            onChange={(value) => onChange({ ...mix, [kind]: value })}
            min={0}
            max={100}
            error={errors[kind]}
          />
        ))}
      </SimpleGrid>
    </Fieldset>
  );
}
