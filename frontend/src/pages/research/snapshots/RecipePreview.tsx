/** What a recipe would give: counts, agreement, and what is left out by reason. */
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Preview } from '@/api/recipes';
import { formatNumber, formatPercent } from '@/app/format';
import { BarList } from '@/components/BarList';
import { Facts } from '@/components/Facts';
import { Notice } from '@/components/states';
import { useLabels } from '../labels';
import classes from './Snapshots.module.css';

export function RecipePreview({ preview }: { preview: Preview }): ReactNode {
  const { t } = useTranslation('snapshots');
  const labels = useLabels();
  const plain = (key: string): string => key;
  const lists = [
    { name: 'split', counts: preview.by_split, label: labels.split },
    { name: 'use_case', counts: preview.by_use_case, label: labels.useCase },
    { name: 'group', counts: preview.by_group, label: plain },
    { name: 'labeler', counts: preview.by_labeler, label: plain },
    { name: 'weights', counts: preview.weights, label: plain },
    { name: 'left_out', counts: preview.left_out, label: plain },
  ] as const;
  return (
    <>
      <Facts
        facts={[
          { label: t('preview.records'), value: formatNumber(preview.records) },
          ...(preview.judgments ? [{ label: t('preview.judgments'), value: formatNumber(preview.judgments) }] : []),
          { label: t('preview.prompts'), value: formatNumber(preview.prompts) },
          ...(preview.judgments ? [{ label: t('preview.agreement'), value: <Agreement preview={preview} /> }] : []),
        ]}
      />
      {preview.read_share < 1 && (
        <Text size="sm" c="dimmed">
          {t('preview.sampled', { share: formatPercent(preview.read_share) })}
        </Text>
      )}
      {preview.records === 0 && <Notice tone="warn">{t('preview.nothing')}</Notice>}
      <div className={classes.bars}>
        {lists
          .filter((list) => Object.keys(list.counts).length > 0)
          .map((list) => (
            <div key={list.name}>
              <Text fw={600} mb={4}>
                {t(`preview.${list.name}`)}
              </Text>
              <BarList
                label={t(`preview.${list.name}`)}
                digits={list.name === 'weights' ? 2 : undefined}
                bars={Object.entries(list.counts).map(([key, count]) => ({ key, label: list.label(key), count }))}
              />
            </div>
          ))}
      </div>
    </>
  );
}

function Agreement({ preview }: { preview: Preview }): ReactNode {
  const { t } = useTranslation('snapshots');
  const { agreement } = preview;
  if (agreement === null || agreement.value === null) return t('preview.agreement_none');
  if (typeof agreement.low !== 'number' || typeof agreement.high !== 'number') return formatPercent(agreement.value);
  return t('preview.agreement_value', {
    value: formatPercent(agreement.value),
    low: formatPercent(agreement.low),
    high: formatPercent(agreement.high),
  });
}
