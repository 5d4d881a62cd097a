/** One item of a batch: the prompt, and what every labeler made of it, side by side. */
import { Checkbox, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Batch, Item, Judgment } from '@/api/collection';
import { formatDuration } from '@/app/format';
import { Letter } from '@/components/Letter';
import { Markdown } from '@/components/Markdown';
import { EmptyState } from '@/components/states';
import { Time } from '@/components/Time';
import { ItemNotices, ItemPrompt } from './ItemPrompt';
import { ItemWritten } from './ItemWriting';
import { JudgmentVerdict } from './JudgmentVerdict';
import classes from './Review.module.css';
import { TaskState } from './TaskState';
import { Tiers } from './Tiers';

interface ItemProps {
  item: Item;
  batch: Batch;
  chosen: ReadonlySet<string>;
  onChoose: (judgment: string, on: boolean) => void;
}

export function ReviewItem({ item, batch, chosen, onChoose }: ItemProps): ReactNode {
  const { t } = useTranslation('research');
  const head = (judgment: Judgment): ReactNode => (
    <JudgmentHead
      judgment={judgment}
      batch={batch}
      chosen={chosen.has(judgment.id)}
      onChoose={(on) => onChoose(judgment.id, on)}
    />
  );
  return (
    <div className={classes.grid}>
      <ItemPrompt item={item} className={`${classes.card} ${classes.prompt}`} />
      <div>
        <TaskState item={item} batch={batch} />
        <ItemNotices item={item} />
        {item.judgments.length === 0 ? (
          <EmptyState title={t('review.noJudgment')} text={t('review.noJudgmentText')} />
        ) : item.kind === 'demonstration' ? (
          <div className={classes.responses}>
            {item.judgments.map((judgment) => (
              <article key={judgment.id} className={classes.card} aria-label={t('review.by', { labeler: judgment.labeler })}>
                {head(judgment)}
                <PromptFlags judgment={judgment} />
                <Markdown text={judgment.response ?? ''} />
              </article>
            ))}
          </div>
        ) : item.kind === 'prompt' ? (
          <div className={classes.responses}>
            {item.judgments.map((judgment) => (
              <article key={judgment.id} className={classes.card} aria-label={t('review.by', { labeler: judgment.labeler })}>
                {head(judgment)}
                <PromptFlags judgment={judgment} />
                {judgment.written && <ItemWritten written={judgment.written} />}
              </article>
            ))}
          </div>
        ) : (
          <Comparison item={item} head={head} />
        )}
      </div>
    </div>
  );
}

function Comparison({ item, head }: { item: Item; head: (judgment: Judgment) => ReactNode }): ReactNode {
  const { t } = useTranslation('research');
  return (
    <>
      <section className={`${classes.card} ${classes.ranks}`} aria-label={t('review.ranks')}>
        {item.judgments.map((judgment) => (
          <div key={judgment.id} className={classes.judgment}>
            {head(judgment)}
            <Tiers ranks={judgment.ranks ?? []} />
            {judgment.confidence !== null && (
              <span className={classes.quiet}>{t('review.confidence', { confidence: judgment.confidence })}</span>
            )}
            <PromptFlags judgment={judgment} />
          </div>
        ))}
      </section>
      <div className={classes.outputs}>
        {item.candidates.map((candidate, position) => (
          <article
            key={candidate.id}
            className={`${classes.card} ${classes.output}`}
            aria-label={t('review.output', { letter: candidate.letter })}
          >
            <div className={classes.head}>
              <Letter position={position} />
              <span className={classes.quiet}>{candidate.model ?? t('prompt.imported')}</span>
            </div>
            <Markdown text={candidate.text} />
            <Ratings item={item} candidate={candidate.id} />
          </article>
        ))}
      </div>
    </>
  );
}

function Ratings({ item, candidate }: { item: Item; candidate: string }): ReactNode {
  const { t } = useTranslation('research');
  const lines = item.judgments.flatMap((judgment) => {
    const rating = judgment.ratings?.find((one) => one.candidate === candidate);
    return rating ? [{ judgment, rating }] : [];
  });
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={t('review.said')}>
      <table className={classes.ratings}>
        <thead>
          <tr>
            <th scope="col">{t('review.labeler')}</th>
            <th scope="col">{t('review.rank')}</th>
            <th scope="col">{t('review.overall')}</th>
            <th scope="col">{t('review.flags')}</th>
            <th scope="col">{t('review.note')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ judgment, rating }) => (
            <tr key={judgment.id}>
              <td>{judgment.labeler}</td>
              <td>{rating.rank}</td>
              <td>{rating.overall === null ? '–' : t('review.ofSeven', { overall: rating.overall })}</td>
              <td>
                <Flags flags={rating.flags} />
                <Scales scales={rating.scales} />
              </td>
              <td>
                <Said label={t('review.note')} text={rating.note} only={!rating.critique && !rating.interpretation} />
                <Said label={t('review.critique')} text={rating.critique} />
                <Said label={t('review.interpretation')} text={rating.interpretation} />
                <Said label={t('review.edit')} text={rating.edit} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A text of the labeler, under its name unless it is the only one. */
export function Said({ label, text, only = false }: { label: string; text: string; only?: boolean }): ReactNode {
  if (!text) return null;
  return (
    <p className={classes.said}>
      {!only && <span className={classes.quiet}>{label}: </span>}
      {text}
    </p>
  );
}

export function Scales({ scales }: { scales: Record<string, number> }): ReactNode {
  return (
    <span className={classes.flags}>
      {Object.entries(scales).map(([key, point]) => (
        <span key={key} className={classes.flag}>
          {`${key.replaceAll('_', ' ')} ${point}`}
        </span>
      ))}
    </span>
  );
}

export function PromptFlags({ judgment }: { judgment: Judgment }): ReactNode {
  const { t } = useTranslation('research');
  const scaled = Object.keys(judgment.prompt_scales).length > 0;
  if (!scaled && !Object.values(judgment.prompt_flags).some(Boolean)) return null;
  return (
    <div className={classes.head}>
      <span className={classes.quiet}>{t('review.promptFlags')}</span>
      <Flags flags={judgment.prompt_flags} />
      <Scales scales={judgment.prompt_scales} />
    </div>
  );
}

export function Flags({ flags }: { flags: Record<string, boolean> }): ReactNode {
  return (
    <span className={classes.flags}>
      {Object.entries(flags)
        .filter(([, on]) => on)
        .map(([key]) => (
          <span key={key} className={classes.flag}>
            {key.replaceAll('_', ' ')}
          </span>
        ))}
    </span>
  );
}

interface HeadProps {
  judgment: Judgment;
  batch: Batch;
  chosen: boolean;
  onChoose: (on: boolean) => void;
}

function JudgmentHead({ judgment, batch, chosen, onChoose }: HeadProps): ReactNode {
  const { t } = useTranslation('research');
  return (
    <div>
      <div className={classes.head}>
        {batch.status === 'in_review' && !batch.imported && judgment.state === 'submitted' && (
          <Checkbox
            size="xs"
            aria-label={t('review.choose', { labeler: judgment.labeler })}
            checked={chosen}
            onChange={(event) => onChoose(event.currentTarget.checked)}
          />
        )}
        <Text fw={600}>{judgment.labeler}</Text>
        <span className={classes.quiet}>
          {t(`pool.${judgment.pool}`)}
          {' · '}
          {formatDuration(judgment.active_seconds)}
          {judgment.revision > 1 && ` · ${t('review.revision', { revision: judgment.revision })}`}
          {' · '}
          <Time at={judgment.created_at} />
        </span>
      </div>
      <JudgmentVerdict judgment={judgment} batch={batch} />
    </div>
  );
}
