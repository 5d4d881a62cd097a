/** The judged items of a project: what divides people most, or what stands behind a mark of a chart that led here. */
import { Button, Group, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { downloadUrl } from '@/api/client';
import { itemsQuery, waitingOf, type ShortItem } from '@/api/items';
import type { Project } from '@/api/projects';
import { USE_CASES } from '@/api/schemas';
import { useFilters, withFilters } from '@/app/filters';
import { formatNumber, formatPercent } from '@/app/format';
import { paths } from '@/app/paths';
import { Choice } from '@/components/Choice';
import { PagedTable } from '@/components/DataTable';
import { SearchField } from '@/components/SearchField';
import { EmptyState, Notice } from '@/components/states';
import { Time } from '@/components/Time';
import { useLabels } from '../labels';
import { ProjectFrame } from '../ProjectFrame';
import { Tiers } from '../Tiers';
import { AGREEMENTS, agreementBin } from './bins';
import { Cells } from './Cells';
import { Chips } from './Chips';
import classes from './Items.module.css';
import { FILTERS, NARROWS, type ItemFilter } from './itemsLink';

export function ItemsPage(): ReactNode {
  return (
    <ProjectFrame tab="items" wide>
      {(project) => <Items project={project} />}
    </ProjectFrame>
  );
}

function Items({ project }: { project: Project }): ReactNode {
  const { t } = useTranslation('explore');
  const [filters, setFilters] = useFilters(FILTERS);
  const setFilter = (name: ItemFilter, value: string): void => setFilters(name, value, value ? [] : NARROWS[name]);
  const items = useInfiniteQuery(itemsQuery(project.id, filters));
  const waiting = waitingOf(items.data);
  return (
    <>
      <Text maw="44rem" mb="md">
        {t(filters.order === 'newest' ? 'items.aboutNewest' : 'items.aboutDivided')}
      </Text>
      <Fields filters={filters} onChange={setFilter} />
      <Chips filters={filters} onRemove={(name) => setFilter(name, '')} />
      {filters.labeler && filters.with && filters.kind !== 'demonstration' && <Cells project={project.id} filters={filters} />}
      {waiting > 0 && (
        <Notice tone="info" role="status">
          {t('items.waiting', { count: waiting })}
        </Notice>
      )}
      <Group justify="flex-end" mb="xs">
        <Button
          component="a"
          href={downloadUrl(withFilters(`/projects/${project.id}/items/csv`, filters))}
          variant="default"
          download
        >
          {t('items.file')}
        </Button>
      </Group>
      <PagedTable
        query={items}
        label={t('items.title')}
        rowKey={(item) => item.task}
        empty={<EmptyState title={t('items.emptyTitle')} text={t('items.emptyText')} />}
        columns={[
          { key: 'prompt', header: t('items.prompt'), cell: (item) => <Prompt item={item} /> },
          { key: 'judged', header: t('items.judged'), numeric: true, cell: (item) => formatNumber(item.judged) },
          {
            key: 'agreement',
            header: t('items.agreement'),
            numeric: true,
            cell: (item) => (item.agreement === null ? '–' : formatPercent(item.agreement, 0)),
          },
          { key: 'rankings', header: t('items.rankings'), cell: (item) => <Rankings item={item} /> },
          { key: 'where', header: t('items.where'), cell: (item) => <Where item={item} /> },
        ]}
      />
    </>
  );
}

type Filters = Record<(typeof FILTERS)[number], string>;

interface FieldsProps {
  filters: Filters;
  onChange: (name: keyof Filters, value: string) => void;
}

function Fields({ filters, onChange }: FieldsProps): ReactNode {
  const { t } = useTranslation('explore');
  const { t: common } = useTranslation();
  const labels = useLabels();
  return (
    <Group align="flex-end" gap="sm" mb="md" role="search" aria-label={t('items.filters')}>
      <Choice
        label={t('items.order')}
        value={filters.order || 'divided'}
        onChange={(value) => onChange('order', value === 'divided' ? '' : value)}
        options={(['divided', 'newest'] as const).map((value) => ({ value, label: t(`order.${value}`) }))}
      />
      <Choice
        label={t('items.kind')}
        value={filters.kind || 'comparison'}
        onChange={(value) => onChange('kind', value === 'comparison' ? '' : value)}
        options={(['comparison', 'demonstration'] as const).map((value) => ({ value, label: common(`kind.${value}`) }))}
      />
      <Choice
        label={t('items.agreement')}
        value={filters.agreement}
        onChange={(value) => onChange('agreement', value)}
        options={AGREEMENTS.map((value) => ({ value, label: agreementBin(Number(value)) }))}
        none={t('items.any')}
      />
      <Choice
        label={t('items.useCase')}
        value={filters.use_case}
        onChange={(value) => onChange('use_case', value)}
        options={USE_CASES.map((value) => ({ value, label: labels.useCase(value) }))}
        none={t('items.any')}
      />
      <Choice
        label={t('items.pool')}
        value={filters.pool}
        onChange={(value) => onChange('pool', value)}
        options={(['training', 'held_out', 'researcher'] as const).map((value) => ({ value, label: t(`pool.${value}`) }))}
        none={t('items.any')}
      />
      <SearchField label={t('items.labeler')} value={filters.labeler} onChange={(value) => onChange('labeler', value)} />
      <SearchField label={t('items.with')} value={filters.with} onChange={(value) => onChange('with', value)} />
      <Choice
        label={t('items.reference')}
        value={filters.reference}
        onChange={(value) => onChange('reference', value)}
        options={(['set', 'shown'] as const).map((value) => ({ value, label: t(`reference.${value}`) }))}
        none={t('items.any')}
      />
      {filters.reference && (
        <SearchField
          label={t('items.referenceBy')}
          value={filters.reference_by}
          onChange={(value) => onChange('reference_by', value)}
        />
      )}
    </Group>
  );
}

function Prompt({ item }: { item: ShortItem }): ReactNode {
  const labels = useLabels();
  return (
    <>
      <Link to={paths.prompt(item.prompt.id)} className={classes.excerpt} dir="auto">
        {item.excerpt}
      </Link>
      <Text size="xs" c="dimmed">
        {[labels.useCase(item.prompt.use_case), item.prompt.language && labels.language(item.prompt.language)]
          .filter(Boolean)
          .join(' · ')}
      </Text>
    </>
  );
}

/** Who ranked it how, side by side; of demonstrations who wrote one. */
function Rankings({ item }: { item: ShortItem }): ReactNode {
  const { t } = useTranslation('explore');
  return (
    <>
      <dl className={classes.rankings}>
        {item.rankings.map((ranking, index) => (
          <Ranking key={index} ranking={ranking} />
        ))}
      </dl>
      {item.unshown > 0 && (
        <Text size="xs" c="dimmed">
          {t('items.unshown', { count: item.unshown })}
        </Text>
      )}
      {item.contradicting > 0 && (
        <Text size="xs" c="dimmed">
          {t('items.contradicts', { count: item.contradicting })}
        </Text>
      )}
      {item.reference && (
        <Text size="xs" c="dimmed">
          {t(item.reference.shown ? 'items.referenceShown' : 'items.referenceSet', { by: item.reference.by })}{' '}
          <Time at={item.reference.at} />
        </Text>
      )}
    </>
  );
}

function Ranking({ ranking }: { ranking: ShortItem['rankings'][number] }): ReactNode {
  const { t } = useTranslation('explore');
  return (
    <>
      <dt>{ranking.labeler}</dt>
      <dd>{ranking.ranks.length ? <Tiers ranks={ranking.ranks} /> : t('items.wrote')}</dd>
    </>
  );
}

function Where({ item }: { item: ShortItem }): ReactNode {
  const { t } = useTranslation('explore');
  return (
    <>
      <Link to={withFilters(paths.batch(item.batch.id), { item: item.item })}>
        {t('items.inBatch', { batch: item.batch.name, item: item.item })}
      </Link>
      <div>
        <Time at={item.newest} />
      </div>
    </>
  );
}
