/** A list of the API with its filters above it, which stand in the address; where nothing fits them, they can be cleared. */
import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { useFilters } from '@/app/filters';
import { PagedTable, type PagedTableProps } from './DataTable';
import { EmptyState } from './states';

interface FilteredTableProps<Row, Name extends string> extends PagedTableProps<Row> {
  /** What useFilters gave. */
  filters: ReturnType<typeof useFilters<Name>>;
  fields: ReactNode;
}

export function FilteredTable<Row, Name extends string>({ filters, fields, ...table }: FilteredTableProps<Row, Name>): ReactNode {
  const { t } = useTranslation('research');
  const [values, setFilter] = filters;
  const [first, ...rest] = (Object.keys(values) as Name[]).filter((name) => values[name]);
  return (
    <>
      <Group align="flex-end" gap="sm" mb="md" role="search" aria-label={t('filter.title')}>
        {fields}
      </Group>
      <PagedTable
        {...table}
        empty={
          first === undefined ? table.empty : (
            <EmptyState title={t('filter.emptyTitle')} text={t('filter.emptyText')}>
              <Button variant="default" onClick={() => setFilter(first, '', rest)}>
                {t('filter.clear')}
              </Button>
            </EmptyState>
          )
        }
      />
    </>
  );
}
