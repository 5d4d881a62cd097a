/** What two labelers said of the same pairs of outputs: a square of nine, each with a link to the items behind it. */
import { Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { cellsQuery } from '@/api/items';
import { formatNumber } from '@/app/format';
import { ErrorState, LoadingState } from '@/components/states';
import { cellLink, SAID } from './cells';
import classes from './Items.module.css';
import type { ItemFilter } from './itemsLink';

interface CellsProps {
  project: string;
  filters: Record<ItemFilter, string>;
}

export function Cells({ project, filters }: CellsProps): ReactNode {
  const { t } = useTranslation('explore');
  const cells = useQuery(cellsQuery(project, filters));
  if (!cells.data) {
    return cells.error ? <ErrorState error={cells.error} onRetry={() => void cells.refetch()} /> : <LoadingState />;
  }
  const found = new Map(cells.data.results.map((one) => [one.cell as string, one]));
  const { labeler: one, with: other } = filters;
  return (
    <Table className={classes.cells} withTableBorder captionSide="top">
      <caption>
        <Text size="sm" c="dimmed">
          {t('cells.caption', { one, other })}
        </Text>
      </caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Td />
          {SAID.map((said) => (
            <Table.Th key={said} scope="col">
              {t('cells.says', { labeler: other, said: t(`said.${said}`) })}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {SAID.map((mine) => (
          <Table.Tr key={mine}>
            <Table.Th scope="row">{t('cells.says', { labeler: one, said: t(`said.${mine}`) })}</Table.Th>
            {SAID.map((theirs) => {
              const cell = `${mine}-${theirs}`;
              const { items = 0, pairs = 0 } = found.get(cell) ?? {};
              return (
                <Table.Td key={theirs} data-same={mine === theirs || undefined}>
                  {items > 0 ? (
                    <Link to={cellLink(project, filters, cell)} aria-current={filters.cell === cell || undefined}>
                      {t('cells.items', { count: items })}
                    </Link>
                  ) : (
                    '–'
                  )}
                  {pairs > 0 && (
                    <Text size="xs" c="dimmed">
                      {t('cells.pairs', { count: pairs, pairs: formatNumber(pairs) })}
                    </Text>
                  )}
                </Table.Td>
              );
            })}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
