/** Who has a task in hand, and giving it to somebody else. Asked for when somebody wants to see it. */
import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { holdsQuery, reassign, type Hold, type Holds } from '@/api/holds';
import { formatTime } from '@/app/format';
import { Choice } from '@/components/Choice';
import { ConfirmPanel } from '@/components/ConfirmPanel';
import { ErrorState, LoadingState } from '@/components/states';

export function TaskHolds({ task }: { task: string }): ReactNode {
  const { t } = useTranslation('research');
  const [open, setOpen] = useState(false);
  const list = useId();
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        aria-expanded={open}
        aria-controls={open ? list : undefined}
        onClick={() => setOpen(!open)}
      >
        {t(open ? 'review.holds.hide' : 'review.holds.show')}
      </Button>
      {open && (
        <div id={list}>
          <List task={task} />
        </div>
      )}
    </>
  );
}

function List({ task }: { task: string }): ReactNode {
  const { t } = useTranslation('research');
  const holds = useQuery(holdsQuery(task));
  const [giving, setGiving] = useState<Hold | null>(null);
  if (holds.error) return <ErrorState error={holds.error} onRetry={() => void holds.refetch()} />;
  if (!holds.data) return <LoadingState />;
  if (holds.data.holds.length === 0) return <Text my="xs">{t('review.holds.nobody')}</Text>;
  return (
    <>
      {holds.data.holds.map((hold) => (
        <Group key={hold.id} gap="sm" my="xs">
          <Text>
            {t('review.holds.hold', {
              labeler: hold.labeler,
              state: t(`find.state.${hold.state}`),
              since: formatTime(hold.since),
            })}
            {hold.has_draft && ` (${t('review.holds.draft')})`}
          </Text>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('review.holds.takeFrom', { labeler: hold.labeler })}
            onClick={() => setGiving(hold)}
          >
            {t('review.holds.take')}
          </Button>
        </Group>
      ))}
      {giving && (
        <Give key={giving.id} hold={giving} task={task} holds={holds.data} onClose={() => setGiving(null)} />
      )}
    </>
  );
}

interface GiveProps {
  hold: Hold;
  task: string;
  holds: Holds;
  onClose: () => void;
}

function Give({ hold, task, holds: { sensitive, takers }, onClose }: GiveProps): ReactNode {
  const { t } = useTranslation('research');
  const queries = useQueryClient();
  const [to, setTo] = useState('');
  const giving = useMutation({
    mutationFn: () => reassign(hold.id, to || null),
    onSuccess: (now) => {
      queries.setQueryData(holdsQuery(task).queryKey, now);
      onClose();
    },
  });
  return (
    <ConfirmPanel
      title={t('review.holds.title', { labeler: hold.labeler })}
      group={t('review.title')}
      confirm={t('review.holds.confirm')}
      ready
      deed={giving}
      onCancel={onClose}
    >
      <Text>{t('review.holds.text', { labeler: hold.labeler })}</Text>
      {sensitive ? (
        <Text>{t('review.holds.sensitive')}</Text>
      ) : (
        <Choice
          label={t('review.holds.to')}
          description={t('review.holds.toHelp')}
          value={to}
          onChange={setTo}
          none={t('review.holds.all')}
          options={takers.map((taker) => ({ value: taker.id, label: taker.username }))}
        />
      )}
    </ConfirmPanel>
  );
}
