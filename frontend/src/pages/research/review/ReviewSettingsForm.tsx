/** How a project reviews: the reasons that stand under the number keys, and whether labelers see references. */
import { ActionIcon, Button, Group, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { changeReviewSettings, reviewSettingsQuery, type ReviewSettings } from '@/api/desk';
import { ApiError } from '@/api/errors';
import { Key } from '@/components/Key';
import { Section } from '@/components/Page';
import { ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import classes from './Desk.module.css';

/** One a number key. */
const MOST = 9;

export function ReviewSettingsSection({ project }: { project: string }): ReactNode {
  const { t } = useTranslation('desk');
  const queries = useQueryClient();
  const query = reviewSettingsQuery(project);
  const settings = useQuery({ ...query, staleTime: 0, refetchOnWindowFocus: false });
  const saving = useMutation({
    mutationFn: (changed: ReviewSettings) => changeReviewSettings(project, changed),
    onSuccess: (changed) => queries.setQueryData(query.queryKey, changed),
  });
  const loadAgain = (): void => {
    saving.reset();
    void settings.refetch();
  };
  return (
    <Section title={t('settings.title')}>
      {settings.data ? (
        <ReviewSettingsForm key={settings.data.revision} settings={settings.data} saving={saving} onLoadAgain={loadAgain} />
      ) : settings.error ? (
        <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Section>
  );
}

interface FormProps {
  settings: ReviewSettings;
  saving: UseMutationResult<ReviewSettings, Error, ReviewSettings>;
  onLoadAgain: () => void;
}

/** Begun anew with each revision that is loaded. */
function ReviewSettingsForm({ settings, saving, onLoadAgain }: FormProps): ReactNode {
  const { t } = useTranslation('desk');
  const { t: research } = useTranslation('research');
  const [reasons, setReasons] = useState(settings.reasons);
  const [shows, setShows] = useState(settings.show_references);
  const stale = saving.error instanceof ApiError && saving.error.code === 'stale';
  const set = (index: number, part: Partial<ReviewSettings['reasons'][number]>): void =>
    setReasons(reasons.map((reason, place) => (place === index ? { ...reason, ...part } : reason)));
  const raise = (index: number): void =>
    setReasons(reasons.toSpliced(index - 1, 2, ...reasons.slice(index - 1, index + 1).reverse()));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate({ revision: settings.revision, reasons, show_references: shows });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md" maw={720}>
        <Switch
          label={t('settings.showReferences')}
          description={t('settings.showReferencesHelp')}
          checked={shows}
          onChange={(event) => setShows(event.currentTarget.checked)}
        />
        <Text c="dimmed">{t('settings.reasonsHelp')}</Text>
        {reasons.length === 0 && <Text>{t('settings.none')}</Text>}
        {reasons.map((reason, index) => (
          <div key={index} className={classes.reason} role="group" aria-label={t('settings.reason', { key: index + 1 })}>
            <Key keys={String(index + 1)} />
            <Stack gap={4} className={classes.spring}>
              <TextInput
                label={t('settings.name')}
                value={reason.name}
                onChange={(event) => set(index, { name: event.currentTarget.value })}
                maxLength={60}
                required
                size="sm"
              />
              <Textarea
                label={t('settings.text')}
                value={reason.text}
                onChange={(event) => set(index, { text: event.currentTarget.value })}
                maxLength={2000}
                autosize
                required
                size="sm"
              />
            </Stack>
            <Group gap={4} wrap="nowrap">
              <ActionIcon
                variant="default"
                size="md"
                disabled={index === 0}
                aria-label={t('settings.raise', { name: reason.name })}
                onClick={() => raise(index)}
              >
                {'↑'}
              </ActionIcon>
              <ActionIcon
                variant="default"
                size="md"
                aria-label={t('settings.remove', { name: reason.name })}
                onClick={() => setReasons(reasons.filter((_, place) => place !== index))}
              >
                {'×'}
              </ActionIcon>
            </Group>
          </div>
        ))}
        <Button
          variant="default"
          w="fit-content"
          disabled={reasons.length >= MOST}
          onClick={() => setReasons([...reasons, { name: '', text: '' }])}
        >
          {t('settings.add')}
        </Button>
        {saving.error && (
          <Notice tone="bad" role="alert">
            <ErrorText error={saving.error} />{' '}
            {stale && (
              <Button size="compact-xs" variant="default" onClick={onLoadAgain}>
                {t('settings.load')}
              </Button>
            )}
          </Notice>
        )}
        <Group>
          <Button type="submit" loading={saving.isPending}>
            {t('settings.save')}
          </Button>
          {saving.isSuccess && <span role="status">{research('form.saved')}</span>}
        </Group>
      </Stack>
    </form>
  );
}
