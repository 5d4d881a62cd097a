/** Models that runs have made, and those that were brought in. */
import { Button, Group, SimpleGrid, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { ApiError } from '@/api/errors';
import { pagedQuery } from '@/api/paged';
import { registerModel, type Model } from '@/api/registry';
import { MODEL_KINDS, MODEL_STATUSES, type Schema } from '@/api/schemas';
import { useFilters } from '@/app/filters';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { useUser } from '@/app/session';
import { Choice } from '@/components/Choice';
import { FilterChoice } from '@/components/FilterChoice';
import { FilteredTable } from '@/components/FilteredTable';
import { Key } from '@/components/Key';
import { Page } from '@/components/Page';
import { Panel } from '@/components/Panel';
import { EmptyState, ErrorText, Notice } from '@/components/states';
import { Status } from '@/components/Status';
import { Time } from '@/components/Time';
import { formatBytes, formatParameters } from './format';

const TONES = { candidate: 'quiet', promoted: 'good', retired: 'warn' } as const;

export function ModelStatus({ model }: { model: Model }): ReactNode {
  const { t } = useTranslation('admin');
  return <Status tone={TONES[model.status]}>{t(`modelStatus.${model.status}`)}</Status>;
}

export function ModelsPage(): ReactNode {
  const { t } = useTranslation('admin');
  const { role } = useUser();
  const filtering = useFilters(['kind', 'status']);
  const [filters, setFilter] = filtering;
  const [registering, setRegistering] = useState(false);
  const models = useInfiniteQuery(pagedQuery<Model>('/models', filters));
  return (
    <Page
      title={t('models.title')}
      intro={t('models.intro')}
      actions={
        role === 'admin' && (
          <Button variant="default" onClick={() => setRegistering(true)}>
            {t('models.register')}
          </Button>
        )
      }
    >
      {registering && <Register onCancel={() => setRegistering(false)} />}
      <FilteredTable
        filters={filtering}
        fields={
          <>
            <FilterChoice
              label={t('kind')}
              value={filters.kind}
              onChange={(value) => setFilter('kind', value)}
              values={MODEL_KINDS}
              named={(kind) => t(`modelKind.${kind}`)}
            />
            <FilterChoice
              label={t('status')}
              value={filters.status}
              onChange={(value) => setFilter('status', value)}
              values={MODEL_STATUSES}
              named={(status) => t(`modelStatus.${status}`)}
            />
          </>
        }
        query={models}
        label={t('models.title')}
        rowKey={(model) => model.id}
        empty={<EmptyState title={t('models.emptyTitle')} text={t('models.emptyText')} />}
        columns={[
          { key: 'name', header: t('name'), cell: (model) => <Link to={paths.model(model.id)}>{model.name}</Link> },
          { key: 'kind', header: t('kind'), cell: (model) => t(`modelKind.${model.kind}`) },
          { key: 'status', header: t('status'), cell: (model) => <ModelStatus model={model} /> },
          {
            key: 'parameters',
            header: t('models.parameters'),
            numeric: true,
            cell: (model) => (model.parameters === null ? '–' : formatParameters(model.parameters)),
          },
          { key: 'size', header: t('size'), numeric: true, cell: (model) => (model.bytes ? formatBytes(model.bytes) : '–') },
          {
            key: 'run',
            header: t('models.madeBy'),
            cell: (model) => (model.run ? <Link to={paths.run(model.run)}>{t('models.itsRun')}</Link> : t('models.broughtIn')),
          },
          { key: 'made', header: t('made'), cell: (model) => <Time at={model.created_at} /> },
        ]}
      />
    </Page>
  );
}

function Register({ onCancel }: { onCancel: () => void }): ReactNode {
  const { t } = useTranslation('admin');
  const { t: common } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [form, setForm] = useState({ name: '', path: '', kind: 'policy' as Schema<'NewModelKindEnum'> });
  const registering = useMutation({
    mutationFn: () => registerModel({ ...form, name: form.name.trim(), path: form.path.trim() }),
    onSuccess: (model) => {
      void queries.invalidateQueries({ queryKey: ['list', '/models'] });
      void navigate(paths.model(model.id));
    },
  });
  const fields = registering.error instanceof ApiError ? registering.error.fields : {};
  useKeys([{ keys: 'Escape', label: common('cancel'), group: t('models.title'), run: onCancel }]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    registering.mutate();
  };
  return (
    <Panel title={t('models.register')}>
      <form onSubmit={submit}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} mb="sm">
          <TextInput
            label={t('name')}
            value={form.name}
            onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
            error={fields.name}
            required
          />
          <Choice
            label={t('kind')}
            value={form.kind}
            onChange={(value) => setForm({ ...form, kind: value as typeof form.kind })}
            options={(['policy', 'reward'] as const).map((value) => ({ value, label: t(`modelKind.${value}`) }))}
          />
        </SimpleGrid>
        <TextInput
          label={t('models.path')}
          description={t('models.pathHelp')}
          value={form.path}
          onChange={(event) => setForm({ ...form, path: event.currentTarget.value })}
          error={fields.path}
          required
        />
        {registering.error && Object.keys(fields).length === 0 && (
          <Notice tone="bad" role="alert">
            <ErrorText error={registering.error} />
          </Notice>
        )}
        <Group mt="md">
          <Button type="submit" loading={registering.isPending}>
            {t('models.register')}
          </Button>
          <Button variant="default" onClick={onCancel} rightSection={<Key keys="Escape" />}>
            {common('cancel')}
          </Button>
        </Group>
      </form>
    </Panel>
  );
}
