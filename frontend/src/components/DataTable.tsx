/** A list as a table: aligned columns, tabular numbers, an empty state, and "show more" by cursor. */
import { Button, Table } from '@mantine/core';
import type { UseInfiniteQueryResult, InfiniteData } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Page } from '@/api/types';
import { formatNumber } from '@/app/format';
import classes from './DataTable.module.css';
import { FilterError } from './FilterError';
import { LoadingState } from './states';

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end of their column. */
  numeric?: boolean;
}

const STEP = 100;

interface DataTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  empty: ReactNode;
  /** Rows shown at first; thousands at once would stop the page for seconds. */
  step?: number;
}

export function DataTable<Row>({ label, columns, rows, rowKey, empty, step = STEP }: DataTableProps<Row>): ReactNode {
  const { t } = useTranslation();
  const [most, setMost] = useState(step);
  if (rows.length === 0) return empty;
  return (
    <>
      <Table.ScrollContainer minWidth={Math.min(480, columns.length * 120)} type="native" className={classes.frame} tabIndex={0} role="region" aria-label={label}>
        <Table verticalSpacing="xs" className={classes.table}>
          <caption className="visually-hidden">{label}</caption>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) =>
                column.header ? (
                  <Table.Th key={column.key} data-numeric={column.numeric || undefined} scope="col">
                    {column.header}
                  </Table.Th>
                ) : (
                  <Table.Td key={column.key} />
                ),
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, most).map((row) => (
              <Table.Tr key={rowKey(row)}>
                {columns.map((column) => (
                  <Table.Td key={column.key} data-numeric={column.numeric || undefined}>
                    {column.cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {rows.length > most && (
        <Button variant="default" mt="sm" onClick={() => setMost(most + step)}>
          {`${t('list.more')} (${formatNumber(most)} / ${formatNumber(rows.length)})`}
        </Button>
      )}
    </>
  );
}

export interface PagedTableProps<Row> extends Omit<DataTableProps<Row>, 'rows' | 'step'> {
  /** useInfiniteQuery(pagedQuery(...)) of api/paged.ts. */
  query: UseInfiniteQueryResult<InfiniteData<Page<Row>>>;
}

/** A table over a list of the API, with its loading and error states and the next page by a button. */
export function PagedTable<Row>({ query, ...table }: PagedTableProps<Row>): ReactNode {
  const { t } = useTranslation();
  if (query.error && !query.data) return <FilterError error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <LoadingState />;
  return (
    <>
      <DataTable {...table} step={Infinity} rows={query.data.pages.flatMap((page) => page.results)} />
      {query.hasNextPage && (
        <Button variant="default" mt="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('list.more')}
        </Button>
      )}
    </>
  );
}
