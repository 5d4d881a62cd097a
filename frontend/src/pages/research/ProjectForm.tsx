/** The settings of a project: the same form makes one and changes one. */
import { Button, Group, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/errors';
import type { Project, ProjectSettings } from '@/api/projects';
import { TASK_KINDS } from '@/api/schemas';
import { Choice } from '@/components/Choice';
import { NumberField } from '@/components/NumberField';
import { ErrorText, Notice } from '@/components/states';
import { MixFields } from './MixFields';

interface FormProps {
  project?: Project;
  error: unknown;
  pending: boolean;
  saved?: boolean;
  onSave: (settings: ProjectSettings) => void;
}

const NUMBERS = [
  { name: 'k', minimum: 4, maximum: 9 },
  { name: 'overlap', minimum: 1, maximum: 20 },
  { name: 'lease_seconds', minimum: 60, maximum: 86400 },
  { name: 'undo_seconds', minimum: 0, maximum: 3600 },
] as const;

export function ProjectForm({ project, error, pending, saved, onSave }: FormProps): ReactNode {
  const { t } = useTranslation('research');
  const { t: common } = useTranslation();
  const [form, setForm] = useState({
    name: project?.name ?? '',
    purpose: project?.purpose ?? ('training' as const),
    k: project?.k ?? 4,
    overlap: project?.overlap ?? 1,
    lease_seconds: project?.lease_seconds ?? 900,
    undo_seconds: project?.undo_seconds ?? 60,
    mix: project?.mix ?? {},
    time_zone: project?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    show_agreement: project?.show_agreement ?? false,
    require_acknowledgement: project?.require_acknowledgement ?? false,
    paused: project?.paused ?? false,
  });
  const set = (change: Partial<typeof form>): void => setForm((before) => ({ ...before, ...change }));
  const fields = error instanceof ApiError ? error.fields : {};
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSave(form);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md" maw={640}>
        <TextInput
          label={t('form.name')}
          value={form.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={fields.name}
          required
          maxLength={120}
        />
        <Choice
          label={t('form.purpose')}
          description={t('form.purposeHelp')}
          value={form.purpose}
          onChange={(purpose) => set({ purpose: purpose as 'training' | 'evaluation' })}
          options={(['training', 'evaluation'] as const).map((value) => ({ value, label: common(`purpose.${value}`) }))}
          error={fields.purpose}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {NUMBERS.map(({ name, minimum, maximum }) => (
            <NumberField
              key={name}
              label={t(`form.${name}`)}
              description={t(`form.${name}Help`)}
              value={form[name]}
              onChange={(value) => set({ [name]: value })}
              min={minimum}
              max={maximum}
              error={fields[name]}
            />
          ))}
        </SimpleGrid>
        <MixFields
          mix={form.mix}
          onChange={(mix) => set({ mix })}
          errors={Object.fromEntries(TASK_KINDS.map((kind) => [kind, fields[`mix.${kind}`]]))}
        />
        <TextInput
          label={t('form.time_zone')}
          description={t('form.time_zoneHelp')}
          value={form.time_zone}
          onChange={(event) => set({ time_zone: event.currentTarget.value })}
          error={fields.time_zone}
        />
        {(['require_acknowledgement', 'show_agreement', 'paused'] as const).map((name) => (
          <Switch
            key={name}
            label={t(`form.${name}`)}
            description={t(`form.${name}Help`)}
            checked={form[name]}
            onChange={(event) => set({ [name]: event.currentTarget.checked })}
          />
        ))}
        {error !== null && error !== undefined && (
          <Notice tone="bad" role="alert">
            <ErrorText error={error} />
          </Notice>
        )}
        <Group>
          <Button type="submit" loading={pending}>
            {t(project ? 'form.save' : 'form.create')}
          </Button>
          {saved && (
            <span role="status">
              {t('form.saved')}
            </span>
          )}
        </Group>
      </Stack>
    </form>
  );
}
