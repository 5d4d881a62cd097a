/** The filters that a chart's link has set, in words, each with a way to take it off. */
import { Button } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { modelQuery } from '@/api/registry';
import { formatDay } from '@/app/format';
import { useLabels } from '../labels';
import { lengthBin, secondsBin } from './bins';
import classes from './Items.module.css';
import type { ItemFilter } from './itemsLink';

/** These have no field of their own. */
const CHIPS = [
  'batch', 'language', 'guideline', 'week', 'flag', 'model', 'against', 'outcome', 'cell', 'contradicting', 'position', 'length', 'longer', 'seconds', 'constant',
  'compared', 'with_pool', 'prompt_set', 'accepted',
] as const;

interface ChipsProps {
  filters: Record<ItemFilter, string>;
  onRemove: (name: ItemFilter) => void;
}

export function Chips({ filters, onRemove }: ChipsProps): ReactNode {
  const { t } = useTranslation('explore');
  const words = useWords(filters);
  const set = CHIPS.filter((name) => filters[name]);
  if (set.length === 0) return null;
  return (
    <ul className={classes.chips} aria-label={t('items.only')}>
      {set.map((name) => (
        <li key={name}>
          <Button
            variant="default"
            size="compact-sm"
            rightSection={<span aria-hidden="true">{'×'}</span>}
            onClick={() => onRemove(name)}
            aria-label={t('chip.remove', { filter: words(name, filters[name]) })}
          >
            {words(name, filters[name])}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function useWords(filters: ChipsProps['filters']): (name: (typeof CHIPS)[number], value: string) => string {
  const { t } = useTranslation('explore');
  const labels = useLabels();
  const models = useQueries({
    queries: [filters.model, filters.against].map((id) => ({ ...modelQuery(id), enabled: id !== '' })),
  });
  const model = (value: string): string => models.find(({ data }) => data?.id === value)?.data?.name ?? value.slice(0, 8);
  const said = (value: string): string => t(`said.${value as 'first'}`);
  return (name, value) => {
    switch (name) {
      case 'cell': {
        const [mine = '', theirs = ''] = value.split('-');
        return t('chip.cell', { mine: said(mine), theirs: said(theirs) });
      }
      case 'language':
        return labels.language(value);
      case 'week':
        return t('chip.week', { week: formatDay(value) });
      case 'length':
        return t('chip.length', { bin: lengthBin(Number(value)) });
      case 'model':
        return t('chip.model', { model: model(value) });
      case 'against':
        return t('chip.against', { model: model(value) });
      case 'outcome':
        return t(`chip.outcome.${value as 'won'}`);
      case 'with_pool':
        return t('chip.with_pool', { pool: t(`pool.${value as 'training'}`) });
      case 'prompt_set':
        return value === 'all' ? t('chip.allPrompts') : t('chip.prompt_set', { value });
      case 'longer':
        return value === 'won' ? t('chip.longerWon') : t('chip.longerLost');
      case 'seconds':
        return t('chip.seconds', { bin: secondsBin(Number(value)) });
      case 'flag':
        return t('chip.flag', { value: value.replaceAll('_', ' ') });
      default:
        return t(`chip.${name}`, { value });
    }
  };
}
