/** The shares that are aimed at, in percent. */
import { Button, Group, NumberInput, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { curateQuery, setTargetMix } from '@/api/curate';
import type { Project } from '@/api/projects';
import { USE_CASES, type Schema } from '@/api/schemas';
import { formatNumber } from '@/app/format';
import { ConfirmPanel } from '@/components/ConfirmPanel';

interface TargetFormProps {
  project: Project;
  by: Schema<'TargetMixRequest'>['by'];
  parts: readonly Schema<'Part'>[];
  name: (value: string) => string;
  onDone: () => void;
}

export function TargetForm({ project, by, parts, name, onDone }: TargetFormProps): ReactNode {
  const { t } = useTranslation('curate');
  const queries = useQueryClient();
  const [percents, setPercents] = useState<Record<string, number | ''>>(() => ({
    ...(by === 'use_case' && Object.fromEntries(USE_CASES.map((value) => [value, '' as const]))),
    ...Object.fromEntries(
      parts
        .filter(({ value }) => value)
        .map(({ value, target }) => [value, target === null ? ('' as const) : Math.round(1000 * target) / 10]),
    ),
  }));
  const [further, setFurther] = useState('');
  const shares = Object.fromEntries(
    Object.entries(percents).flatMap(([value, percent]) => (percent === '' || percent === 0 ? [] : [[value, percent / 100]])),
  );
  const sum = Object.values(shares).reduce((all, share) => all + share, 0);
  const ready = sum === 0 || Math.abs(sum - 1) <= 0.005;
  const saving = useMutation({
    mutationFn: () => setTargetMix(project.id, { by, shares }),
    onSuccess: (curate) => {
      queries.setQueryData(curateQuery(project.id).queryKey, curate);
      onDone();
    },
  });
  return (
    <ConfirmPanel
      title={t('mix.editTitle', { by: t(`by.${by}`) })}
      confirm={t('mix.save')}
      group={t('mix.edit')}
      ready={ready}
      deed={saving}
      onCancel={onDone}
    >
      <Text c="dimmed" maw="44rem">
        {t('mix.editHelp')}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }}>
        {Object.entries(percents).map(([value, percent]) => (
          <NumberInput
            key={value}
            label={t('mix.percentOf', { name: name(value) })}
            value={percent}
            onChange={(typed) => setPercents((before) => ({ ...before, [value]: typeof typed === 'number' ? typed : '' }))}
            min={0}
            max={100}
            decimalScale={1}
            size="sm"
          />
        ))}
      </SimpleGrid>
      {by !== 'use_case' && (
        <Group align="flex-end">
          <TextInput label={t('mix.further')} value={further} onChange={(event) => setFurther(event.currentTarget.value)} maxLength={35} />
          <Button
            variant="default"
            disabled={!further.trim()}
            onClick={() => {
              setPercents((before) => ({ ...before, [further.trim()]: before[further.trim()] ?? '' }));
              setFurther('');
            }}
          >
            {t('mix.add')}
          </Button>
        </Group>
      )}
      <Text role="status" c={ready ? undefined : 'var(--bad)'}>
        {t(ready ? 'mix.sum' : sum > 1 ? 'mix.over' : 'mix.under', {
          sum: formatNumber(100 * sum, 1),
          by: formatNumber(100 * Math.abs(sum - 1), 1),
        })}
      </Text>
    </ConfirmPanel>
  );
}
