/** Which models are compared, which of them is the baseline, and the sets of prompts that have panels of their own. */
import { Button, Checkbox, Group, Radio, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/errors';
import { evaluationQuery, saveEvaluation, type Evaluation } from '@/api/evaluation';
import { overviewQuery, type Project } from '@/api/projects';
import { SPLITS, USE_CASES, type Schema } from '@/api/schemas';
import { Section } from '@/components/Page';
import { ErrorText, Notice } from '@/components/states';
import { useLabels } from '../labels';
import classes from './Evaluation.module.css';

interface SettingsProps {
  project: Project;
  evaluation: Evaluation;
  onSaved: () => void;
}

type PromptSet = Required<Schema<'PromptSet'>>;

/** A set that is being edited, with a key for React that stays when its name changes. */
interface Edited extends PromptSet {
  key: number;
}

export function Settings({ project, evaluation, onSaved }: SettingsProps): ReactNode {
  const { t } = useTranslation('evaluation');
  const queries = useQueryClient();
  const overview = useQuery(overviewQuery(project.id));
  const sources = Object.keys(overview.data?.prompts.by_source ?? {}).sort();
  const [models, setModels] = useState<string[]>([...evaluation.models]);
  const [baseline, setBaseline] = useState(evaluation.baseline ?? '');
  const [sets, setSets] = useState<Edited[]>(() =>
    evaluation.prompt_sets.map((one, key) => ({ sources: [], use_cases: [], splits: [], ...one, key })),
  );
  const saving = useMutation({
    mutationFn: () =>
      saveEvaluation(project.id, {
        models,
        baseline,
        prompt_sets: sets.map(({ name, sources, use_cases, splits }) => ({ name: name.trim(), sources, use_cases, splits })),
      }),
    onSuccess: (saved) => {
      queries.setQueryData(evaluationQuery(project.id).queryKey, saved);
      void queries.invalidateQueries({ queryKey: ['project', project.id, 'evaluation'] });
      onSaved();
    },
  });
  const errors = saving.error instanceof ApiError ? saving.error.fields : {};
  const missing =
    models.length < 2 ? 'models'
    : models.includes(baseline) ? null
    : 'baseline';
  const change = (key: number, part: Partial<PromptSet>): void =>
    setSets((before) => before.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const add = (added: Omit<PromptSet, 'use_cases' | 'splits'>[]): void =>
    setSets((before) => [
      ...before,
      ...added.map((one, index) => ({ ...one, use_cases: [], splits: [], key: nextKey(before) + index })),
    ]);
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <Section title={t('settings.models')}>
        <Checkbox.Group
          label={t('settings.compared')}
          description={t('settings.comparedHelp')}
          value={models}
          onChange={setModels}
          error={errors.models}
        >
          <Group gap="md" mt="xs">
            {evaluation.available.map((model) => (
              <Checkbox key={model.id} value={model.id} label={model.name} />
            ))}
          </Group>
        </Checkbox.Group>
        <Radio.Group
          label={t('settings.baseline')}
          description={t('settings.baselineHelp')}
          value={baseline}
          onChange={setBaseline}
          error={errors.baseline}
          mt="md"
        >
          <Group gap="md" mt="xs">
            {evaluation.available
              .filter(({ id }) => models.includes(id))
              .map((model) => (
                <Radio key={model.id} value={model.id} label={model.name} />
              ))}
          </Group>
        </Radio.Group>
      </Section>
      <Section title={t('settings.sets')}>
        <Text c="dimmed" maw="44rem">
          {t('settings.setsHelp')}
        </Text>
        <div className={classes.sets}>
          {sets.map((one) => (
            <SetFields
              key={one.key}
              one={one}
              sources={sources}
              onChange={(part) => change(one.key, part)}
              onRemove={() => setSets((before) => before.filter(({ key }) => key !== one.key))}
            />
          ))}
        </div>
        <Group gap="sm">
          <Button variant="default" onClick={() => add([{ name: '', sources: [] }])}>
            {t('settings.addSet')}
          </Button>
          {sources.length > 1 && sets.length === 0 && (
            <Button variant="default" onClick={() => add(sources.slice(0, 12).map((name) => ({ name, sources: [name] })))}>
              {t('settings.eachSource')}
            </Button>
          )}
        </Group>
        {errors.prompt_sets && (
          <Notice tone="bad" role="alert">
            {String(errors.prompt_sets)}
          </Notice>
        )}
      </Section>
      <Group mt="lg" gap="md">
        <Button type="submit" loading={saving.isPending} disabled={missing !== null} aria-describedby="evaluation-missing">
          {t('settings.save')}
        </Button>
        <Text id="evaluation-missing" c="dimmed">
          {missing && t(`settings.missing.${missing}`)}
        </Text>
        {saving.isSuccess && <Text role="status">{t('settings.saved')}</Text>}
      </Group>
      {saving.error && Object.keys(errors).length === 0 && (
        <Notice tone="bad" role="alert">
          <ErrorText error={saving.error} />
        </Notice>
      )}
    </form>
  );
}

const nextKey = (sets: readonly Edited[]): number => Math.max(0, ...sets.map(({ key }) => key)) + 1;

interface SetFieldsProps {
  one: PromptSet;
  sources: readonly string[];
  onChange: (part: Partial<PromptSet>) => void;
  onRemove: () => void;
}

function SetFields({ one, sources, onChange, onRemove }: SetFieldsProps): ReactNode {
  const { t } = useTranslation('evaluation');
  const labels = useLabels();
  const groups = [
    { name: 'sources', options: [...new Set([...sources, ...one.sources])], label: (key: string) => key },
    { name: 'splits', options: SPLITS, label: labels.split },
    { name: 'use_cases', options: USE_CASES, label: labels.useCase },
  ] as const;
  return (
    <fieldset className={classes.set} aria-label={one.name || t('settings.newSet')}>
      <Group align="flex-end" gap="sm">
        <TextInput
          label={t('settings.setName')}
          value={one.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
          maxLength={80}
          required
          size="sm"
        />
        <Button variant="subtle" onClick={onRemove} aria-label={t('settings.removeSet', { name: one.name })}>
          {t('settings.remove')}
        </Button>
      </Group>
      {groups.map(({ name, options, label }) => (
        <Checkbox.Group
          key={name}
          label={t(`settings.${name}`)}
          value={one[name]}
          onChange={(value) => onChange({ [name]: value })}
        >
          <Group gap="md" mt={4}>
            {options.map((option) => (
              <Checkbox key={option} value={option} label={label(option)} size="xs" />
            ))}
          </Group>
        </Checkbox.Group>
      ))}
    </fieldset>
  );
}
