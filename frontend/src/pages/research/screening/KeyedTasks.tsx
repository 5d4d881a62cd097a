/** The items that are no work, and their keys: a researcher answers with the labelers' form, then marks the answer. */
import { Button, Group, Text, Textarea } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { pagedQuery } from '@/api/paged';
import { answerForKey, keysPath, setKey, type KeyedTask } from '@/api/screening';
import { assignmentQuery } from '@/api/work';
import { formatTime } from '@/app/format';
import { paths } from '@/app/paths';
import { Choice } from '@/components/Choice';
import { ConfirmPanel } from '@/components/ConfirmPanel';
import { PagedTable } from '@/components/DataTable';
import { Section } from '@/components/Page';
import { EmptyState, ErrorText, Notice } from '@/components/states';

export function KeyedTasks({ project }: { project: string }): ReactNode {
  const { t } = useTranslation('research');
  const { t: common } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const tasks = useInfiniteQuery(pagedQuery<KeyedTask>(keysPath(project)));
  const [marking, setMarking] = useState<KeyedTask | null>(null);
  const answering = useMutation({
    mutationFn: (task: string) => answerForKey(task),
    onSuccess: (assignment) => {
      queries.setQueryData(assignmentQuery(assignment.id).queryKey, assignment);
      // On coming back, the list is asked for again: it then knows the answer.
      void queries.invalidateQueries({ queryKey: ['list', keysPath(project)], refetchType: 'none' });
      void navigate(paths.work(assignment.id));
    },
  });
  const refresh = (): void => {
    setMarking(null);
    void queries.invalidateQueries({ queryKey: ['list', keysPath(project)] });
  };
  return (
    <Section
      title={t('keys.title')}
      aside={<Link to={paths.publish(project)}>{t('keys.publish')}</Link>}
    >
      <Text c="dimmed" mb="sm">
        {t('keys.intro')}
      </Text>
      {answering.error && (
        <Notice tone="bad" role="alert">
          <ErrorText error={answering.error} />
        </Notice>
      )}
      {marking && <Mark key={marking.task} task={marking} onDone={refresh} onCancel={() => setMarking(null)} />}
      <PagedTable
        query={tasks}
        label={t('keys.title')}
        rowKey={(task) => task.task}
        empty={<EmptyState title={t('keys.emptyTitle')} text={t('keys.emptyText')} />}
        columns={[
          { key: 'title', header: t('keys.task'), cell: (task) => task.title },
          {
            key: 'purpose',
            header: t('keys.purpose'),
            cell: (task) => (task.part ? t(`part.${task.part}`) : t(`purpose.${task.purpose}`)),
          },
          { key: 'kind', header: t('publish.kind'), cell: (task) => common(`kind.${task.kind}`) },
          {
            key: 'key',
            header: t('keys.key'),
            cell: (task) => {
              if (task.key) return t('keys.version', { version: task.key.version, by: task.key.by });
              if (task.part === 'demonstrations') return t('keys.rated');
              return t(task.purpose === 'constant' ? 'keys.optional' : 'keys.missing');
            },
          },
          {
            key: 'act',
            header: '',
            cell: (task) =>
              task.part === 'demonstrations' ? null : (
                <Group gap="xs" wrap="nowrap">
                  <Button
                    size="compact-sm"
                    variant="default"
                    disabled={answering.isPending}
                    aria-label={t('keys.answerTask', { title: task.title })}
                    onClick={() => answering.mutate(task.task)}
                  >
                    {t('keys.answer')}
                  </Button>
                  <Button
                    size="compact-sm"
                    variant="default"
                    disabled={task.answers.length === 0}
                    aria-label={t('keys.markTask', { title: task.title })}
                    onClick={() => setMarking(task)}
                  >
                    {t('keys.mark')}
                  </Button>
                </Group>
              ),
          },
        ]}
      />
    </Section>
  );
}

function Mark({ task, onDone, onCancel }: { task: KeyedTask; onDone: () => void; onCancel: () => void }): ReactNode {
  const { t } = useTranslation('research');
  const [judgment, setJudgment] = useState(task.answers[0]?.judgment ?? '');
  const [reasons, setReasons] = useState(task.key?.reasons ?? '');
  const marking = useMutation({
    mutationFn: () => setKey(task.task, { judgment, reasons, version: task.key?.version ?? 0 }),
    onSuccess: onDone,
  });
  const ready = judgment !== '' && reasons.trim() !== '';
  return (
    <ConfirmPanel
      title={t('keys.markTask', { title: task.title })}
      group={t('keys.title')}
      confirm={t('keys.mark')}
      ready={ready}
      deed={marking}
      onCancel={onCancel}
    >
      <Choice
        label={t('keys.whose')}
        value={judgment}
        onChange={setJudgment}
        options={task.answers.map((answer) => ({
          value: answer.judgment,
          label: t('keys.answerOf', { by: answer.by, at: formatTime(answer.at) }),
        }))}
      />
      <Textarea
        label={t('keys.reasons')}
        description={t('keys.reasonsHelp')}
        value={reasons}
        onChange={(event) => setReasons(event.currentTarget.value)}
        autosize
        minRows={3}
        required
      />
    </ConfirmPanel>
  );
}
