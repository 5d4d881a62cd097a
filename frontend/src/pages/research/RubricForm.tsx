/** The next version of a rubric: begun from the one that holds, or from a template. */
import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { publishRubric, rubricsQuery, rubricTemplatesQuery, type Project } from '@/api/projects';
import type { Flag, RubricContent, Scale } from '@/api/types';
import { Choice } from '@/components/Choice';
import { Section } from '@/components/Page';
import { ErrorText, Notice } from '@/components/states';
import { FlagFields, ScaleFields } from './RubricFields';

export const ASKS = ['critique', 'edit', 'interpretation', 'confidence'] as const;

interface RubricFormProps {
  project: Project;
  content: RubricContent;
  onDone: () => void;
}

export function RubricForm({ project, content: before, onDone }: RubricFormProps): ReactNode {
  const { t } = useTranslation('research');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const templates = useQuery(rubricTemplatesQuery);
  const [from, setFrom] = useState('');
  const [content, setContent] = useState(before);
  const publishing = useMutation({
    mutationFn: () => publishRubric(project.id, content),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: rubricsQuery(project.id).queryKey });
      onDone();
    },
  });
  const change = (part: Partial<RubricContent>): void => setContent({ ...content, ...part });
  const begin = (name: string): void => {
    setFrom(name);
    setContent(templates.data?.find((template) => template.name === name)?.content ?? before);
  };
  const asks = content.asks ?? [];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    publishing.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Text c="dimmed" maw="44rem" mb="md">
        {t('rubric.formHelp')}
      </Text>
      <Choice
        label={t('rubric.from')}
        value={from}
        onChange={begin}
        none={t('rubric.fromThis')}
        options={(templates.data ?? []).map(({ name }) => ({ value: name, label: t(`rubric.template.${name as 'pairwise'}`) }))}
      />
      <Section title={t('rubric.asks')}>
        <Stack gap="xs">
          <Checkbox
            label={t('rubric.overall')}
            checked={content.overall ?? true}
            onChange={(event) => change({ overall: event.currentTarget.checked })}
          />
          {ASKS.map((what) => (
            <Checkbox
              key={what}
              label={t(`rubric.ask.${what}`)}
              description={t(`rubric.askHelp.${what}`)}
              checked={asks.includes(what)}
              onChange={(event) =>
                change({ asks: event.currentTarget.checked ? [...asks, what] : asks.filter((other) => other !== what) })
              }
            />
          ))}
        </Stack>
      </Section>
      {(['output_flags', 'prompt_flags'] as const).map((group) => (
        <Section key={group} title={t(`rubric.${group}`)}>
          <Rows<Flag>
            items={content[group]}
            empty={{ key: '', label: '', help: '' }}
            onChange={(items) => change({ [group]: items })}
            fields={FlagFields}
          />
        </Section>
      ))}
      {(['output_scales', 'prompt_scales'] as const).map((group) => (
        <Section key={group} title={t(`rubric.${group}`)}>
          <Rows<Scale>
            items={content[group] ?? []}
            empty={{ key: '', label: '', help: '', min: 1, max: 5 }}
            onChange={(items) => change({ [group]: items })}
            fields={ScaleFields}
          />
        </Section>
      ))}
      {publishing.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={publishing.error} />
        </Notice>
      )}
      <Group mt="md">
        <Button type="submit" loading={publishing.isPending}>
          {t('guidelines.publish')}
        </Button>
        <Button variant="default" onClick={onDone}>
          {common('cancel')}
        </Button>
      </Group>
    </form>
  );
}

interface RowsProps<Item> {
  items: readonly Item[];
  empty: Item;
  onChange: (items: Item[]) => void;
  fields: (props: { item: Item; onChange: (part: Partial<Item>) => void; onRemove: () => void }) => ReactNode;
}

function Rows<Item extends Flag>({ items, empty, onChange, fields: Fields }: RowsProps<Item>): ReactNode {
  const { t } = useTranslation('research');
  return (
    <Stack gap="xs">
      {items.map((item, index) => (
        <Fields
          key={index}
          item={item}
          onChange={(part) => onChange(items.map((other, at) => (at === index ? { ...other, ...part } : other)))}
          onRemove={() => onChange(items.filter((_, at) => at !== index))}
        />
      ))}
      <Group>
        <Button variant="default" size="compact-sm" onClick={() => onChange([...items, empty])}>
          {t('rubric.add')}
        </Button>
      </Group>
    </Stack>
  );
}
