/** One answer of a model in training: its text, or its tokens by how far each moved from where training began. */
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SampleOutput as Output } from '@/api/runs';
import { formatNumber } from '@/app/format';
import { Markdown } from '@/components/Markdown';
import classes from './SampleOutput.module.css';
import { shiftOf } from './shift';

interface SampleOutputProps {
  /** Whose answer it is; may be empty. */
  title: string;
  output: Output;
  byToken: boolean;
}

export function SampleOutput({ title, output, byToken }: SampleOutputProps): ReactNode {
  const { t } = useTranslation('admin');
  const facts = [
    title,
    output.reward === null ? '' : t('runs.reward', { reward: formatNumber(output.reward, 3) }),
    output.kl === null || output.tokens.length === 0 ? '' : t('samples.kl', { kl: formatNumber(output.kl, 2) }),
  ];
  return (
    <div className={classes.output}>
      <Text size="xs" c="dimmed">
        {facts.filter(Boolean).join(' · ')}
      </Text>
      {byToken && output.tokens.length > 0 ? (
        <Tokens tokens={output.tokens} />
      ) : (
        <Markdown text={output.text || t('runs.emptyOutput')} />
      )}
    </div>
  );
}

function Tokens({ tokens }: { tokens: Output['tokens'] }): ReactNode {
  const { t } = useTranslation('admin');
  return (
    <>
      <p className={classes.tokens} aria-hidden="true">
        {tokens.map((token, index) => (
          <span key={index} className={classes[shiftOf(token.kl) ?? '']} title={t('samples.token', numbersOf(token))}>
            {token.text}
          </span>
        ))}
      </p>
      <details>
        <summary>{t('samples.table')}</summary>
        <div className={classes.table} tabIndex={0} role="region" aria-label={t('samples.table')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('samples.tokenHeader')}</th>
                <th scope="col">{t('samples.klHeader')}</th>
                <th scope="col">{t('samples.rewardHeader')}</th>
              </tr>
            </thead>
            <tbody>
              {tokens.map((token, index) => {
                const numbers = numbersOf(token);
                return (
                  <tr key={index}>
                    <th scope="row">{JSON.stringify(token.text)}</th>
                    <td>{numbers.kl}</td>
                    <td>{numbers.reward}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

function numbersOf(token: Output['tokens'][number]): { kl: string; reward: string } {
  return { kl: formatNumber(token.kl, 3), reward: formatNumber(token.reward, 4) };
}
