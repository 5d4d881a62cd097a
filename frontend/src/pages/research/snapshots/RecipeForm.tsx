/** The fields of a recipe: what enters, and what becomes of it. */
import { Checkbox, Group, MultiSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Recipe, RecipeOption, RecipeOptions } from '@/api/recipes';
import { formatNumber } from '@/app/format';
import { Choice } from '@/components/Choice';
import { NumberField } from '@/components/NumberField';
import { useLabels } from '../labels';
import { DEFAULT_POOLS } from './recipe';
import { RecipeGroups } from './RecipeGroups';
import classes from './Snapshots.module.css';

interface RecipeFormProps {
  kind: string;
  recipe: Recipe;
  options: RecipeOptions;
  /** Messages by field. */
  errors: Record<string, string>;
  onChange: (recipe: Recipe) => void;
}

const AGGREGATIONS = ['each', 'majority', 'reliability'] as const;
const WEIGHTS = ['equal', 'reliability', 'judgments'] as const;
const GROUPS = ['pool', 'labeler', 'named', 'use_case', 'language'] as const;
const GROUPS_OF_PROMPTS = ['use_case', 'language'] as const;

/** The fields that are lists of names. */
type ListField = 'labelers' | 'without_labelers' | 'guidelines' | 'batches' | 'languages' | 'sources';

export function RecipeForm({ kind, recipe, options, errors, onChange }: RecipeFormProps): ReactNode {
  const { t } = useTranslation('snapshots');
  const { t: research } = useTranslation('research');
  const labels = useLabels();
  const set = (change: Partial<Recipe>): void => onChange({ ...recipe, ...change });
  const ofJudgments = kind !== 'prompts';
  const counted = (option: RecipeOption, name: string): string =>
    t('field.counted', { name, number: formatNumber(option.count) });

  const list = (field: ListField, name: (option: RecipeOption) => string): ReactNode => {
    const from = options[field === 'without_labelers' ? 'labelers' : field];
    const value = (recipe[field] ?? []).map(String);
    if (from.length === 0 && value.length === 0) return null;
    const known = from.map((option) => ({ value: option.value, label: counted(option, name(option)) }));
    const missing = value.filter((one) => !from.some((option) => option.value === one));
    return (
      <MultiSelect
        key={field}
        label={t(`field.${field}`)}
        placeholder={value.length ? undefined : t('field.everything')}
        data={[...known, ...missing.map((one) => ({ value: one, label: one }))]}
        value={value}
        onChange={(next) => set({ [field]: field === 'guidelines' ? next.map(Number) : next })}
        error={errors[field]}
        searchable
        clearable
        hidePickedOptions
      />
    );
  };

  return (
    <div className={classes.form}>
      <fieldset className={classes.part}>
        <legend>{t('field.enters')}</legend>
        {ofJudgments && (
          <Boxes
            label={t('field.pools')}
            description={t('field.pools_help')}
            options={[...new Set(['training', ...options.pools.map((option) => option.value)])]}
            name={(value) => research(`pool.${value as 'training'}`)}
            value={recipe.pools ?? DEFAULT_POOLS ?? []}
            error={errors.pools}
            onChange={(value) => set({ pools: value as Recipe['pools'] })}
          />
        )}
        <Boxes
          label={t('field.splits')}
          description={t('field.splits_help')}
          options={options.splits.map((option) => option.value)}
          name={labels.split}
          value={recipe.splits ?? []}
          onChange={(value) => set({ splits: value as Recipe['splits'] })}
        />
        <Boxes
          label={t('field.use_cases')}
          options={options.use_cases.map((option) => option.value)}
          name={labels.useCase}
          value={recipe.use_cases ?? []}
          onChange={(value) => set({ use_cases: value as Recipe['use_cases'] })}
        />
        <div className={classes.pairs}>
          {ofJudgments && list('labelers', (option) => option.name)}
          {ofJudgments && list('without_labelers', (option) => option.name)}
          {ofJudgments && list('guidelines', (option) => option.name)}
          {ofJudgments && list('batches', (option) => option.name)}
          {list('languages', (option) => labels.language(option.value === 'none' ? '' : option.value))}
          {list('sources', (option) => option.name)}
          <TextInput
            type="date"
            label={t('field.since')}
            value={recipe.since ?? ''}
            onChange={(event) => set({ since: event.currentTarget.value || null })}
          />
          <TextInput
            type="date"
            label={t('field.until')}
            description={t('field.dates_help')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={recipe.until ?? ''}
            onChange={(event) => set({ until: event.currentTarget.value || null })}
            error={errors.until}
          />
          {kind === 'comparisons' && (
            <>
              <NumberField
                label={t('field.least_judgments')}
                min={1}
                max={100}
                value={recipe.least_judgments ?? 1}
                onChange={(value) => set({ least_judgments: value })}
              />
              <NumberField
                label={t('field.least_agreement')}
                description={t('field.least_agreement_help')}
                min={0}
                max={100}
                suffix=" %"
                value={Math.round(100 * (recipe.least_agreement ?? 0))}
                onChange={(value) => set({ least_agreement: value / 100 })}
              />
            </>
          )}
        </div>
      </fieldset>
      <fieldset className={classes.part}>
        <legend>{t('field.becomes')}</legend>
        <div className={classes.pairs}>
          {kind === 'comparisons' && (
            <>
              <Choice
                label={t('field.aggregation')}
                value={recipe.aggregation ?? 'each'}
                onChange={(value) => set({ aggregation: value as Recipe['aggregation'] })}
                options={AGGREGATIONS.map((value) => ({ value, label: t(`aggregation.${value}`) }))}
              />
              <Choice
                label={t('field.weights')}
                description={t('field.weights_help')}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                value={recipe.weights ?? 'equal'}
                onChange={(value) => set({ weights: value as Recipe['weights'] })}
                options={WEIGHTS.map((value) => ({ value, label: t(`weights.${value}`) }))}
                error={errors.weights}
              />
            </>
          )}
          <Choice
            label={t('field.group_by')}
            description={t('field.group_by_help')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={recipe.group_by ?? ''}
            onChange={(value) =>
              set({ group_by: value as Recipe['group_by'], groups: value === 'named' ? recipe.groups : undefined })
            }
            none={t('group.none')}
            options={(ofJudgments ? GROUPS : GROUPS_OF_PROMPTS).map((value) => ({ value, label: t(`group.${value}`) }))}
            error={errors.group_by}
          />
        </div>
        {recipe.group_by === 'named' && (
          <RecipeGroups
            labelers={options.labelers.map((option) => option.value)}
            error={errors.groups}
            first={recipe.groups ?? {}}
            onChange={(groups) => set({ groups })}
          />
        )}
      </fieldset>
    </div>
  );
}

interface BoxesProps {
  label: string;
  description?: string;
  options: readonly string[];
  name: (value: string) => string;
  value: readonly string[];
  error?: string;
  onChange: (value: string[]) => void;
}

/** A few values to tick. */
function Boxes({ label, description, options, name, value, error, onChange }: BoxesProps): ReactNode {
  if (options.length === 0) return null;
  return (
    <Checkbox.Group label={label} description={description} value={[...value]} onChange={onChange} error={error}>
      <Group mt={6} gap="md">
        {options.map((option) => (
          <Checkbox key={option} value={option} label={name(option === 'none' ? '' : option)} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}
