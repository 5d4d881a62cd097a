/** Asking labelers for prompts: of which sort, how many of which use case, and what they should be about. */
import { NumberInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Project } from '@/api/projects';
import { WRITING_SORTS, type Schema } from '@/api/schemas';
import { needsQuery, previewWriting, publishWriting, type Needs } from '@/api/writing';
import { formatPercent } from '@/app/format';
import { Choice } from '@/components/Choice';
import { LongText } from '@/components/LongText';
import { NumberField } from '@/components/NumberField';
import { ErrorState, LoadingState } from '@/components/states';
import { useLabels } from '../labels';
import { BatchName } from './BatchName';
import { PublishButtons } from './PublishButtons';
import { Published } from './Published';
import classes from './PublishWriting.module.css';
import { usePublishing } from './usePublishing';

type Sort = Schema<'WritingSortEnum'>;

interface PublishWritingProps {
  project: Project;
  kindChoice: ReactNode;
  onPreview: (preview: Schema<'Preview'>) => void;
}

export function PublishWriting({ project, kindChoice, onPreview }: PublishWritingProps): ReactNode {
  const { t } = useTranslation('research');
  const { t: writing } = useTranslation('writing');
  const [form, setForm] = useState({
    sort: 'plain' as Sort,
    count: 20,
    name: '',
    about: '',
    language: '',
    pairs: 3,
    overlap: 1,
  });
  const set = (change: Partial<typeof form>): void => setForm((before) => ({ ...before, ...change }));
  // What was typed in place of the proposal; "any" is in no proposal.
  const [typed, setTyped] = useState<Record<string, number>>({});
  const needs = useQuery({ ...needsQuery(project.id, form.count), placeholderData: keepPreviousData });
  const anonymize = form.sort === 'anonymize';
  const asked: Record<string, number> = {
    ...Object.fromEntries(needs.data?.use_cases.map((need) => [need.use_case, need.proposed]) ?? []),
    any: 0,
    ...typed,
  };
  const total = Object.values(asked).reduce((sum, count) => sum + count, 0);
  const body = (): Schema<'NewWritingRequest'> => ({
    sort: form.sort,
    name: form.name.trim(),
    ...(!anonymize && {
      use_cases: Object.fromEntries(Object.entries(asked).filter(([, count]) => count > 0)),
      about: form.about,
      language: form.language.trim(),
      overlap: form.overlap,
    }),
    ...(form.sort === 'few_shot' && { pairs: form.pairs }),
  });
  const publication = usePublishing({
    project: project.id,
    body,
    publish: publishWriting,
    preview: previewWriting,
    onPreview,
  });
  const { publishing, fields } = publication;
  const nothing = anonymize ? needs.data?.sources_waiting === 0 : total === 0;
  return (
    <form onSubmit={publication.submit}>
      <Stack gap="md" maw={720}>
        <Text c="dimmed">{t('publish.writing.intro')}</Text>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {kindChoice}
          <BatchName value={form.name} onChange={(name) => set({ name })} error={fields.name} />
        </SimpleGrid>
        <Choice
          label={t('publish.writing.sort')}
          description={t(`publish.writing.sortHelp.${form.sort}`)}
          value={form.sort}
          onChange={(sort) => set({ sort: sort as Sort })}
          options={WRITING_SORTS.map((value) => ({ value, label: writing(`sort.${value}`) }))}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
        />
        {!needs.data ? (
          needs.error ? <ErrorState error={needs.error} onRetry={() => void needs.refetch()} /> : <LoadingState />
        ) : anonymize ? (
          <Text>{t('publish.writing.waiting', { count: needs.data.sources_waiting })}</Text>
        ) : (
          <>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <NumberInput
                label={t('publish.writing.count')}
                description={t('publish.writing.divide')}
                value={form.count}
                onChange={(value) => {
                  if (typeof value !== 'number') return;
                  set({ count: value });
                  setTyped({});
                }}
                min={0}
                max={10_000}
                allowDecimal={false}
                size="sm"
                inputWrapperOrder={['label', 'input', 'description', 'error']}
              />
              <NumberField
                label={t('publish.writing.overlap')}
                value={form.overlap}
                onChange={(value) => set({ overlap: value })}
                min={1}
                max={100}
                error={fields.overlap}
              />
            </SimpleGrid>
            <UseCases
              needs={needs.data}
              asked={asked}
              onAsk={(useCase, count) => setTyped((before) => ({ ...before, [useCase]: count }))}
            />
            <Text fw={600} role="status">
              {t('publish.writing.total', { count: total * form.overlap })}
            </Text>
            {fields.use_cases && (
              <Text c="var(--bad)" role="alert">
                {fields.use_cases}
              </Text>
            )}
            <LongText
              label={t(form.sort === 'user_based' ? 'publish.writing.user' : 'publish.writing.about')}
              value={form.about}
              onChange={(event) => set({ about: event.currentTarget.value })}
              error={fields.about}
              autosize
              minRows={2}
              most={5000}
            />
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <TextInput
                label={t('publish.writing.language')}
                description={t('publish.writing.languageHelp')}
                value={form.language}
                onChange={(event) => set({ language: event.currentTarget.value })}
                error={fields.language}
                maxLength={35}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
              />
              {form.sort === 'few_shot' && (
                <NumberField
                  label={t('publish.writing.pairs')}
                  value={form.pairs}
                  onChange={(value) => set({ pairs: value })}
                  min={2}
                  max={20}
                  error={fields.pairs}
                />
              )}
            </SimpleGrid>
          </>
        )}
        <PublishButtons form={publication} disabled={nothing} />
        {publishing.data && <Published batch={publishing.data} />}
      </Stack>
    </form>
  );
}

interface UseCasesProps {
  needs: Needs;
  asked: Readonly<Record<string, number>>;
  onAsk: (useCase: string, count: number) => void;
}

/** The project's use cases beside the paper's shares, and how many of each to ask for. */
function UseCases({ needs, asked, onAsk }: UseCasesProps): ReactNode {
  const { t } = useTranslation('research');
  const labels = useLabels();
  const field = (useCase: string, label: string): ReactNode => (
    <NumberField
      aria-label={t('publish.writing.askFor', { useCase: label })}
      value={asked[useCase] ?? 0}
      onChange={(value) => onAsk(useCase, value)}
      min={0}
      max={100_000}
      size="xs"
      w={90}
    />
  );
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={t('publish.writing.counts')}>
      <table className={classes.needs}>
        <caption>
          {t('publish.writing.counts')} <span className={classes.quiet}>{t('publish.writing.countsHelp')}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('publish.writing.useCase')}</th>
            <th scope="col">{t('publish.writing.have')}</th>
            <th scope="col">{t('publish.writing.asked')}</th>
            <th scope="col">{t('publish.writing.paper')}</th>
            <th scope="col">{t('publish.writing.ask')}</th>
          </tr>
        </thead>
        <tbody>
          {needs.use_cases.map((need) => (
            <tr key={need.use_case}>
              <th scope="row">{labels.useCase(need.use_case)}</th>
              <td>
                {need.have}
                {needs.total > 0 && ` · ${formatPercent(need.have / needs.total)}`}
              </td>
              <td>{need.asked}</td>
              <td>{formatPercent(need.paper_percent / 100)}</td>
              <td>{field(need.use_case, labels.useCase(need.use_case))}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">{t('publish.writing.any')}</th>
            <td />
            <td />
            <td />
            <td>{field('any', t('publish.writing.any'))}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}
