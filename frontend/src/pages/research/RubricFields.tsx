/** The fields of one question of a rubric: yes or no, or a scale. */
import { ActionIcon, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Flag, Scale } from '@/api/types';
import { NumberField } from '@/components/NumberField';
import { pointsOf } from '@/work/scales';
import classes from './RubricPage.module.css';

interface FieldsProps<Item> {
  item: Item;
  onChange: (part: Partial<Item>) => void;
  onRemove: () => void;
}

export function FlagFields({ item, onChange, onRemove }: FieldsProps<Flag>): ReactNode {
  return (
    <div className={classes.row}>
      <Words item={item} onChange={onChange} />
      <Remove label={item.label} onRemove={onRemove} />
    </div>
  );
}

export function ScaleFields({ item, onChange, onRemove }: FieldsProps<Scale>): ReactNode {
  const { t } = useTranslation('research');
  const points = item.max - item.min <= 10 ? pointsOf(item) : [];
  return (
    <div className={classes.scale}>
      <div className={classes.row}>
        <Words item={item} onChange={onChange} />
        <Remove label={item.label} onRemove={onRemove} />
      </div>
      <div className={classes.points}>
        {(['min', 'max'] as const).map((end) => (
          <NumberField
            key={end}
            label={t(`rubric.${end}`)}
            value={item[end]}
            onChange={(value) => onChange({ [end]: value })}
            min={-100}
            max={100}
            w="5.5rem"
          />
        ))}
        {points.map((point) => (
          <TextInput
            key={point}
            label={t('rubric.word', { point })}
            value={item.labels?.[point] ?? ''}
            onChange={(event) => onChange({ labels: worded(item, points, point, event.currentTarget.value) })}
            w="8rem"
          />
        ))}
      </div>
    </div>
  );
}

/** The words of those points that have some; points that the scale no longer has lose theirs. */
function worded(scale: Scale, points: readonly number[], point: number, word: string): Record<string, string> {
  const words: Record<string, string> = { ...scale.labels, [point]: word };
  return Object.fromEntries(points.flatMap((one) => (words[one] ? [[String(one), words[one]]] : [])));
}

function Words({ item, onChange }: { item: Flag; onChange: (part: Partial<Flag>) => void }): ReactNode {
  const { t } = useTranslation('research');
  return (
    <>
      <TextInput
        aria-label={t('rubric.label')}
        placeholder={t('rubric.label')}
        value={item.label}
        onChange={(event) => onChange({ label: event.currentTarget.value })}
        required
      />
      <TextInput
        aria-label={t('rubric.help')}
        placeholder={t('rubric.help')}
        value={item.help ?? ''}
        onChange={(event) => onChange({ help: event.currentTarget.value })}
      />
      <TextInput
        aria-label={t('rubric.key')}
        placeholder={t('rubric.key')}
        value={item.key}
        onChange={(event) => onChange({ key: event.currentTarget.value })}
        pattern="[a-z][a-z0-9_]*"
        required
      />
    </>
  );
}

function Remove({ label, onRemove }: { label: string; onRemove: () => void }): ReactNode {
  const { t } = useTranslation('research');
  return (
    <ActionIcon variant="default" size="lg" aria-label={t('rubric.remove', { label })} onClick={onRemove}>
      {'×'}
    </ActionIcon>
  );
}
