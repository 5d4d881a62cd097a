/** One prompt with its outputs, and what a researcher may change about it. */
import { Group, SimpleGrid, Stack, Switch, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { changePrompt, promptQuery } from '@/api/collection';
import { USE_CASES, type Schema } from '@/api/schemas';
import { paths } from '@/app/paths';
import { Choice } from '@/components/Choice';
import { Facts } from '@/components/Facts';
import { Letter } from '@/components/Letter';
import { Markdown } from '@/components/Markdown';
import { Page, Section } from '@/components/Page';
import { SensitiveChoice } from '@/components/SensitiveChoice';
import { ShortId } from '@/components/ShortId';
import { EmptyState, ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import { Time } from '@/components/Time';
import { useLabels } from './labels';
import { Messages } from './Messages';
import { PromptState } from './PromptsPage';
import classes from './Review.module.css';

export function PromptPage(): ReactNode {
  const { t } = useTranslation('research');
  const { prompt: id = '' } = useParams();
  const prompt = useQuery(promptQuery(id));
  if (!prompt.data) {
    return (
      <Page title={t('prompt.title')}>
        {prompt.error ? <ErrorState error={prompt.error} onRetry={() => void prompt.refetch()} /> : <LoadingState />}
      </Page>
    );
  }
  return <Content prompt={prompt.data} />;
}

function Content({ prompt }: { prompt: Schema<'PromptDetail'> }): ReactNode {
  const { t } = useTranslation('research');
  const labels = useLabels();
  return (
    <Page title={t('prompt.title')} trail={[{ label: t('tab.prompts'), to: paths.prompts(prompt.project) }]}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <div className={classes.card}>
          <Messages messages={prompt.messages} />
        </div>
        <Stack>
          <Facts
            facts={[
              { label: t('prompts.state'), value: <PromptState prompt={prompt} /> },
              { label: t('prompts.split'), value: labels.split(prompt.split) },
              { label: t('prompts.source'), value: prompt.source || '–' },
              { label: t('prompt.language'), value: labels.language(prompt.language) },
              { label: t('prompts.tasks'), value: prompt.tasks },
              {
                label: t('prompts.personalData'),
                value: prompt.personal_data.length ? prompt.personal_data.join(', ') : t('prompts.none'),
              },
              { label: t('prompts.created'), value: <Time at={prompt.created_at} /> },
              { label: t('prompt.id'), value: <ShortId id={prompt.id} /> },
            ]}
          />
          <Changes prompt={prompt} />
        </Stack>
      </SimpleGrid>
      <Section title={t('prompt.candidates', { count: prompt.candidate_list.length })}>
        {prompt.candidate_list.length === 0 ? (
          <EmptyState title={t('prompt.noCandidates')} text={t('prompt.noCandidatesText')} />
        ) : (
          <Stack>
            {prompt.candidate_list.map((candidate, position) => (
              <article key={candidate.id} className={classes.card}>
                <Group gap="sm" mb="xs">
                  <Letter position={position} />
                  {candidate.model ? (
                    <Link to={paths.model(candidate.model.id)}>{candidate.model.name}</Link>
                  ) : (
                    <Text c="dimmed">{t('prompt.imported')}</Text>
                  )}
                </Group>
                <Markdown text={candidate.text} />
              </article>
            ))}
          </Stack>
        )}
      </Section>
    </Page>
  );
}

function Changes({ prompt }: { prompt: Schema<'PromptDetail'> }): ReactNode {
  const { t } = useTranslation('research');
  const labels = useLabels();
  const queries = useQueryClient();
  const changing = useMutation({
    mutationFn: (change: Parameters<typeof changePrompt>[1]) => changePrompt(prompt.id, change),
    onSuccess: (changed) => {
      queries.setQueryData(promptQuery(prompt.id).queryKey, changed);
      void queries.invalidateQueries({ queryKey: ['list', `/projects/${prompt.project}/prompts`] });
    },
  });
  return (
    <>
      <Choice
        label={t('prompts.useCase')}
        value={prompt.use_case}
        onChange={(value) => changing.mutate({ use_case: value as typeof prompt.use_case })}
        options={USE_CASES.map((value) => ({ value, label: labels.useCase(value) }))}
        none={labels.useCase('')}
        disabled={changing.isPending}
      />
      <SensitiveChoice
        label={t('prompt.sensitive')}
        description={t('prompt.sensitiveHelp')}
        value={(changing.isPending && changing.variables.sensitive) || prompt.sensitive}
        onChange={(sensitive) => changing.mutate({ sensitive })}
        disabled={changing.isPending}
      />
      {(['consent', 'held_back', 'withdrawn'] as const).map((name) => (
        <Switch
          key={name}
          label={t(`prompt.${name}`)}
          description={t(`prompt.${name}Help`)}
          checked={prompt[name]}
          disabled={changing.isPending}
          onChange={(event) => changing.mutate({ [name]: event.currentTarget.checked })}
        />
      ))}
      {changing.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={changing.error} />
        </Notice>
      )}
    </>
  );
}
