/** The item in hand: its judgments, the keys of a verdict, who else looks at it. */
import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { deskItemQuery, look, reviewSettingsQuery, type DeskItem as Desk } from '@/api/desk';
import type { Decision } from '@/api/review';
import { useKeys } from '@/app/keys';
import { Key } from '@/components/Key';
import { ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import { AdjudicatePanel, ReferenceShown } from './AdjudicatePanel';
import classes from './Desk.module.css';
import { DeskItem } from './DeskItem';
import { HistoryPanel } from './HistoryPanel';
import { ReasonsPanel, type Refusal } from './ReasonsPanel';
import { allToDecide } from './toDecide';
import type { Verdicts } from './useVerdicts';

/** How often a page says that somebody looks at an item; the server believes it for 45 seconds. */
const LOOK_EVERY_MS = 15_000;

interface AtItemProps {
  task: string;
  focus: string;
  verdicts: Verdicts;
  onFocus: (judgment: string) => void;
  onNext: () => void;
}

export function AtItem({ task, focus, verdicts, onFocus, onNext }: AtItemProps): ReactNode {
  const desk = useQuery(deskItemQuery(task));
  if (!desk.data) {
    return desk.error ? <ErrorState error={desk.error} onRetry={() => void desk.refetch()} /> : <LoadingState />;
  }
  return <Loaded desk={desk.data} focus={focus} verdicts={verdicts} onFocus={onFocus} onNext={onNext} />;
}

type Open = Refusal | 'history' | 'reference' | null;

function Loaded({ desk, focus, verdicts, onFocus, onNext }: Omit<AtItemProps, 'task'> & { desk: Desk }): ReactNode {
  const { t } = useTranslation('desk');
  const [open, setOpen] = useState<Open>(null);
  const [differences, setDifferences] = useState(false);
  const { item, batch } = desk;
  // Here already, so that the number keys choose at once when the panel opens.
  const settings = useQuery({ ...reviewSettingsQuery(batch.project), staleTime: 60_000 });
  const looking = useLooking(item.task, desk.looking);
  const left = allToDecide(desk, verdicts);
  const judgment =
    item.judgments.find((one) => one.id === focus) ??
    item.judgments.find((one) => one.id === left[0]?.judgment) ??
    item.judgments[0];
  const note = desk.judgments.find((one) => one.judgment === judgment?.id);
  const undecided = batch.status !== 'accepted' && batch.status !== 'withdrawn';
  const may = undecided && judgment?.state === 'submitted' && note !== undefined;
  const mayRefuse = may && !batch.imported;
  const asking = open === 'return' || open === 'reject' ? open : null;
  const writing = asking !== null || open === 'reference';
  const mayAdjudicate = undecided && judgment !== undefined && item.kind !== 'prompt';
  const give = (decision: Decision, reasons?: string, submission?: string, onSent?: () => void): void => {
    if (!note) return;
    const wish = { task: item.task, note, decision, reasons, submission };
    void verdicts.give([
      {
        ...wish,
        onSent: () => {
          setOpen(null);
          onSent?.();
        },
      },
    ]);
  };
  const acceptAll = (): void => {
    void verdicts.give(left.map((one) => ({ task: item.task, note: one, decision: 'accept' as const })));
  };
  const step = (by: number): void => {
    const place = item.judgments.findIndex((one) => one === judgment) + by;
    const next = item.judgments[(place + item.judgments.length) % item.judgments.length];
    if (next) onFocus(next.id);
  };
  const ask = (what: Open): void => {
    verdicts.forget();
    setOpen(what);
  };
  const group = t('group');
  const several = item.judgments.length > 1;
  useKeys([
    { keys: 'a', label: t('key.accept'), group, run: () => give('accept'), when: may && !writing },
    { keys: 'shift+a', label: t('key.acceptAll'), group, run: acceptAll, when: undecided && left.length > 1 && !writing },
    { keys: 'r', label: t('key.return'), group, run: () => ask('return'), when: mayRefuse && !writing },
    { keys: 'x', label: t('key.reject'), group, run: () => ask('reject'), when: mayRefuse && !writing },
    { keys: ']', label: t('key.nextJudgment'), group, run: () => step(1), when: several && !writing },
    { keys: '[', label: t('key.previousJudgment'), group, run: () => step(-1), when: several && !writing },
    { keys: 'd', label: t('key.adjudicate'), group, run: () => ask('reference'), when: mayAdjudicate && !writing },
    { keys: 'h', label: t('key.history'), group, run: () => ask(open === 'history' ? null : 'history'), when: judgment !== undefined && !writing },
    { keys: 'f', label: t('key.differences'), group, run: () => setDifferences((before) => !before), when: !writing },
  ]);
  return (
    <>
      {looking.length > 0 && (
        <Notice tone="warn" role="status">
          {t('looking', { names: looking.join(', '), count: looking.length })}
        </Notice>
      )}
      <DeskItem desk={desk} focus={judgment?.id ?? ''} differences={differences} onFocus={onFocus}>
        {asking && judgment && (
          <ReasonsPanel
            key={asking + judgment.labeler}
            decision={asking}
            project={batch.project}
            reasons={settings.data?.reasons ?? []}
            place={`verdict.${item.task}.${judgment.labeler}`}
            pending={verdicts.pending}
            error={verdicts.error}
            onSend={(reasons, submission, onSent) => give(asking, reasons, submission, onSent)}
            onCancel={() => ask(null)}
          />
        )}
        {open === 'reference' && judgment && <AdjudicatePanel desk={desk} judgment={judgment} onDone={() => ask(null)} />}
        {open !== 'reference' && <ReferenceShown desk={desk} />}
        {open === 'history' && judgment && (
          <HistoryPanel key={judgment.id} item={item} judgment={judgment} project={batch.project} onClose={() => ask(null)} />
        )}
        {!asking && verdicts.error && (
          <Notice tone="bad" role="alert">
            <ErrorText error={verdicts.error} />
          </Notice>
        )}
      </DeskItem>
      <div className={classes.foot}>
        {may && (
          <Button onClick={() => give('accept')} loading={verdicts.pending} rightSection={<Key keys="a" />} aria-keyshortcuts="A">
            {t('key.accept')}
          </Button>
        )}
        {mayRefuse && (
          <>
            <Button variant="default" onClick={() => ask('return')} rightSection={<Key keys="r" />} aria-keyshortcuts="R">
              {t('key.return')}
            </Button>
            <Button variant="default" onClick={() => ask('reject')} rightSection={<Key keys="x" />} aria-keyshortcuts="X">
              {t('key.reject')}
            </Button>
          </>
        )}
        {undecided && left.length > 1 && (
          <Button variant="default" onClick={acceptAll} rightSection={<Key keys="shift+a" />} aria-keyshortcuts="Shift+A">
            {t('key.acceptAll')}
          </Button>
        )}
        {mayAdjudicate && (
          <Button variant="default" onClick={() => ask('reference')} rightSection={<Key keys="d" />} aria-keyshortcuts="D">
            {t('key.adjudicate')}
          </Button>
        )}
        {judgment && (
          <Button variant="default" onClick={() => ask('history')} rightSection={<Key keys="h" />} aria-keyshortcuts="H">
            {t('key.history')}
          </Button>
        )}
        <Button variant="default" onClick={onNext} rightSection={<Key keys="j" />} aria-keyshortcuts="J">
          {t('key.next')}
        </Button>
        {verdicts.undo && (
          <Button variant="default" onClick={verdicts.undo} rightSection={<Key keys="u" />} aria-keyshortcuts="U">
            {t('key.undo')}
          </Button>
        )}
        <span className={classes.spring} />
        <Text c="dimmed" size="xs">
          {judgment && t('item.by', { labeler: judgment.labeler })}
        </Text>
      </div>
    </>
  );
}

/** Says again and again that one has the item before one; who else has. */
function useLooking(task: string, known: readonly string[]): readonly string[] {
  const [looking, setLooking] = useState(known);
  useEffect(() => {
    let gone = false;
    const tell = async (): Promise<void> => {
      // Where the server is not reached, the page says so elsewhere, and this is told at the next turn.
      const answer = await look(task).catch(() => null);
      if (answer && !gone) setLooking(answer.looking);
    };
    void tell();
    const timer = setInterval(() => void tell(), LOOK_EVERY_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [task]);
  return looking;
}
