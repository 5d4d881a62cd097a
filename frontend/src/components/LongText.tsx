import { Textarea, type TextareaProps } from '@mantine/core';
import type { ReactNode, Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '@/app/format';

interface LongTextProps extends Omit<TextareaProps, 'value' | 'maxLength'> {
  value: string;
  /** Characters that the server takes. */
  most: number;
  ref?: Ref<HTMLTextAreaElement>;
}

/** A text with a limit. A browser cuts off what is pasted beyond `maxLength` without a word; here it stays, and is said. */
export function LongText({ value, most, error, ...area }: LongTextProps): ReactNode {
  const { t } = useTranslation('research');
  const over = value.length > most ? Array.from(value).length - most : 0;
  return (
    <Textarea
      {...area}
      value={value}
      error={over > 0 ? t('text.tooLong', { count: over, over: formatNumber(over), most: formatNumber(most) }) : error}
    />
  );
}
