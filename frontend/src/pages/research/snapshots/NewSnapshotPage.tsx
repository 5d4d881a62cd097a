/** Freezing by a recipe: what enters, what becomes of it, and, beside the fields, what that gives now. */
import { Button, Group, SimpleGrid, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { ApiError } from '@/api/errors';
import { projectsQuery } from '@/api/projects';
import { freezeByRecipe, isFreeze, previewQuery, recipeOptionsQuery, type Recipe } from '@/api/recipes';
import { SNAPSHOT_KINDS } from '@/api/schemas';
import type { Snapshot } from '@/api/snapshots';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { Choice } from '@/components/Choice';
import { Key } from '@/components/Key';
import { Page } from '@/components/Page';
import { ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import { FreezingPanel } from './Freezing';
import { plainRecipe, readRecipe, recipeFor, writeRecipe } from './recipe';
import { RecipeForm } from './RecipeForm';
import { RecipePreview } from './RecipePreview';
import { RecipeWords } from './RecipeWords';
import classes from './Snapshots.module.css';

const CALM_MS = 400;

export function NewSnapshotPage(): ReactNode {
  const { t } = useTranslation('snapshots');
  const { t: admin } = useTranslation('admin');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const projects = useQuery(projectsQuery);
  const [search, setSearch] = useSearchParams();
  const [name, setName] = useState('');
  const project = search.get('project') || projects.data?.results[0]?.id || '';
  const kind = (SNAPSHOT_KINDS.find((one) => one === search.get('kind')) ?? 'demonstrations') as Snapshot['kind'];
  const { recipe, unread } = readRecipe(search.get('recipe') ?? '');
  // All three at once: one change of the address after the other would forget the first.
  const ask = (next: { project?: string; kind?: string; recipe?: Recipe }): void => {
    const asked = { project, kind, recipe, ...next };
    const text = writeRecipe(asked.recipe);
    setSearch({ project: asked.project, kind: asked.kind, ...(text ? { recipe: text } : {}) }, { replace: true });
  };
  const wanted = { project, kind, recipe: plainRecipe(recipe) };
  const [calm] = useDebouncedValue(JSON.stringify(wanted), CALM_MS);
  const options = useQuery(recipeOptionsQuery(project, kind));
  const preview = useQuery(previewQuery(JSON.parse(calm) as typeof wanted));
  const freezing = useMutation({
    mutationFn: () => freezeByRecipe({ ...wanted, name: name.trim() }),
    onSuccess: (answer) => {
      void queries.invalidateQueries({ queryKey: ['list', '/snapshots'] });
      if (!isFreeze(answer)) void navigate(paths.snapshot(answer.id));
    },
  });
  useKeys([
    { keys: 'mod+Enter', label: t('new.freeze'), group: t('new.title'), run: () => !freezing.isPending && freezing.mutate() },
  ]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    freezing.mutate();
  };
  if (freezing.data && isFreeze(freezing.data)) {
    return (
      <Page title={t('new.title')} trail={[{ label: admin('snapshots.title'), to: paths.snapshots() }]}>
        <FreezingPanel id={freezing.data.id} />
      </Page>
    );
  }
  const stale = preview.isPlaceholderData || calm !== JSON.stringify(wanted);
  return (
    <Page title={t('new.title')} trail={[{ label: admin('snapshots.title'), to: paths.snapshots() }]} intro={t('new.intro')} wide>
      <form onSubmit={submit} className={classes.columns}>
        <div className={classes.form}>
          {unread.length > 0 && (
            <Notice tone="warn" role="alert">
              {t('new.unread', { said: shortened(unread.join(', ')) })}
            </Notice>
          )}
          <SimpleGrid cols={{ base: 1, xs: 3 }}>
            <Choice
              label={admin('project')}
              value={project}
              onChange={(value) => ask({ project: value })}
              options={(projects.data?.results ?? []).map((one) => ({ value: one.id, label: one.name }))}
            />
            <Choice
              label={t('new.what')}
              value={kind}
              onChange={(value) => ask({ kind: value, recipe: recipeFor(value, recipe) })}
              options={SNAPSHOT_KINDS.map((value) => ({ value, label: admin(`snapshotKind.${value}`) }))}
            />
            <TextInput
              label={t('new.name')}
              placeholder={t('new.optional')}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              maxLength={120}
            />
          </SimpleGrid>
          {options.data ? (
            <RecipeForm
              key={`${project} ${kind}`}
              kind={kind}
              recipe={recipe}
              options={options.data}
              errors={errorsOf(freezing.error ?? preview.error)}
              onChange={(next) => ask({ recipe: next })}
            />
          ) : options.error ? (
            <ErrorState error={options.error} onRetry={() => void options.refetch()} />
          ) : (
            <LoadingState />
          )}
        </div>
        <section className={classes.preview} aria-label={t('preview.title')} data-stale={stale || undefined}>
          <div>
            <Title order={2} size="h3">
              {t('new.heading')}
            </Title>
            <RecipeWords recipe={recipe} />
          </div>
          <Title order={2} size="h3">
            {t('preview.title')}
          </Title>
          <div aria-live="polite">
            {preview.error ? (
              <Notice tone="bad" role="alert">
                <ErrorText error={preview.error} />
              </Notice>
            ) : preview.data ? (
              <RecipePreview preview={preview.data} />
            ) : (
              <LoadingState />
            )}
          </div>
          {freezing.error && (
            <Notice tone="bad" role="alert">
              <ErrorText error={freezing.error} />
            </Notice>
          )}
          <Group>
            <Button type="submit" loading={freezing.isPending} disabled={!project} rightSection={<Key keys="mod+Enter" />}>
              {t('new.freeze')}
            </Button>
            {writeRecipe(recipe) && (
              <Button variant="default" onClick={() => ask({ recipe: {} })}>
                {t('new.reset')}
              </Button>
            )}
          </Group>
        </section>
      </form>
    </Page>
  );
}

const MOST_SHOWN = 200;
const shortened = (text: string): string => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);

/** The recipe's own messages, by its fields. */
function errorsOf(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(Object.entries(error.fields).map(([name, text]) => [name.replace(/^recipe\./, ''), text]));
}
