/** The worked examples of a guideline's next version. */
import { Button, Group, Stack, Switch, Text, Textarea } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Guideline } from '@/api/types';
import classes from './Review.module.css';

export type Example = Guideline['examples'][number];

const MOST = 30;

export function ExamplesForm({
  examples,
  onChange,
}: {
  examples: readonly Example[];
  onChange: (examples: Example[]) => void;
}): ReactNode {
  const { t } = useTranslation('research');
  const set = (index: number, part: Partial<Example>): void =>
    onChange(examples.map((example, place) => (place === index ? { ...example, ...part } : example)));
  return (
    <fieldset className={classes.fieldset}>
      <legend>{t('guidelines.examples')}</legend>
      <Text c="dimmed" mb="xs">
        {t('guidelines.examplesHelp')}
      </Text>
      <Stack>
        {examples.map((example, index) => (
          <div key={index} className={classes.card}>
            <Stack gap="xs">
              {(['prompt', 'answer', 'reason'] as const).map((part) => (
                <Textarea
                  key={part}
                  label={t(`guidelines.example.${part}`)}
                  value={example[part]}
                  onChange={(event) => set(index, { [part]: event.currentTarget.value })}
                  autosize
                  maxRows={12}
                  required
                />
              ))}
              <Group justify="space-between">
                <Switch
                  label={t('guidelines.example.good')}
                  checked={example.good}
                  onChange={(event) => set(index, { good: event.currentTarget.checked })}
                />
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => onChange(examples.filter((_, place) => place !== index))}
                >
                  {t('guidelines.removeExample', { number: index + 1 })}
                </Button>
              </Group>
            </Stack>
          </div>
        ))}
        <Button
          variant="default"
          w="fit-content"
          disabled={examples.length >= MOST}
          onClick={() => onChange([...examples, { prompt: '', answer: '', good: true, reason: '' }])}
        >
          {t('guidelines.addExample')}
        </Button>
      </Stack>
    </fieldset>
  );
}
