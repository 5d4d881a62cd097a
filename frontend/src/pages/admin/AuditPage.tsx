/** The audit log: who did what, newest first. */
import { Group, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { pagedQuery } from '@/api/paged';
import type { Schema } from '@/api/schemas';
import { useFilters } from '@/app/filters';
import { paths } from '@/app/paths';
import { PagedTable } from '@/components/DataTable';
import { Page } from '@/components/Page';
import { ShortId } from '@/components/ShortId';
import { EmptyState } from '@/components/states';
import { Time } from '@/components/Time';

export function AuditPage(): ReactNode {
  const { t } = useTranslation('admin');
  const [filters, setFilter] = useFilters(['actor', 'object_type', 'object_id']);
  const events = useInfiniteQuery(pagedQuery<Schema<'Event'>>('/events', filters));
  return (
    <Page title={t('audit.title')} intro={t('audit.intro')} trail={[{ label: t('people.title'), to: paths.people() }]} wide>
      <Group align="flex-end" gap="sm" mb="md" role="search" aria-label={t('filters')}>
        {(['actor', 'object_type', 'object_id'] as const).map((name) => (
          <FilterField key={name} label={t(`audit.${name}`)} value={filters[name]} onChange={(value) => setFilter(name, value)} />
        ))}
      </Group>
      <PagedTable
        query={events}
        label={t('audit.title')}
        rowKey={(event) => event.id}
        empty={<EmptyState title={t('audit.emptyTitle')} text={t('audit.emptyText')} />}
        columns={[
          { key: 'when', header: t('audit.when'), cell: (event) => <Time at={event.created_at} /> },
          { key: 'actor', header: t('audit.actor'), cell: (event) => event.actor ?? t('audit.system') },
          { key: 'verb', header: t('audit.verb'), cell: (event) => event.verb },
          { key: 'type', header: t('audit.object_type'), cell: (event) => event.object_type },
          { key: 'id', header: t('audit.object_id'), cell: (event) => <ShortId id={event.object_id} /> },
          { key: 'data', header: t('audit.data'), cell: (event) => <code>{written(event.data)}</code> },
        ]}
      />
    </Page>
  );
}

function written(data: unknown): string {
  return Object.entries((data ?? {}) as Record<string, unknown>)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

function FilterField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }): ReactNode {
  const [text, setText] = useState(value);
  const later = useDebouncedCallback(onChange, 300);
  return (
    <TextInput
      type="search"
      label={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        later(event.currentTarget.value.trim());
      }}
    />
  );
}
