/** The audit log: who did what, newest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { pagedQuery } from '@/api/paged';
import type { Schema } from '@/api/schemas';
import { useFilters } from '@/app/filters';
import { paths } from '@/app/paths';
import { FilteredTable } from '@/components/FilteredTable';
import { Page } from '@/components/Page';
import { SearchField } from '@/components/SearchField';
import { ShortId } from '@/components/ShortId';
import { EmptyState } from '@/components/states';
import { Time } from '@/components/Time';

export function AuditPage(): ReactNode {
  const { t } = useTranslation('admin');
  const filtering = useFilters(['actor', 'object_type', 'object_id']);
  const [filters, setFilter] = filtering;
  const events = useInfiniteQuery(pagedQuery<Schema<'Event'>>('/events', filters));
  return (
    <Page title={t('audit.title')} intro={t('audit.intro')} trail={[{ label: t('people.title'), to: paths.people() }]} wide>
      <FilteredTable
        filters={filtering}
        fields={(['actor', 'object_type', 'object_id'] as const).map((name) => (
          <SearchField key={name} label={t(`audit.${name}`)} value={filters[name]} onChange={(value) => setFilter(name, value)} />
        ))}
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
