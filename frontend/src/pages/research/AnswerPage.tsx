/** A labeler's question with the item as they saw it: answer it, publish the answer, take it up into the guideline. */
import { Button, Group, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { threadQuery, waitingQuestionsQuery, writeMessage, type Thread } from '@/api/questions';
import type { Project } from '@/api/projects';
import { useKeys } from '@/app/keys';
import { paths } from '@/app/paths';
import { Key } from '@/components/Key';
import { Letter } from '@/components/Letter';
import { Markdown } from '@/components/Markdown';
import { Section } from '@/components/Page';
import { ErrorState, LoadingState, Notice } from '@/components/states';
import { MessageForm } from '@/pages/questions/MessageForm';
import { Messages } from '@/pages/questions/Messages';
import classes from '@/pages/questions/questions.module.css';
import { letterOf } from '@/work/letters';
import { ItemBrief } from './ItemWriting';
import { Messages as Prompt } from './Messages';
import { Promotion } from './Promotion';
import { ProjectFrame } from './ProjectFrame';
import { Publication } from './Publication';

export function AnswerPage(): ReactNode {
  const { question = '' } = useParams();
  return (
    <ProjectFrame tab="questions">
      {(project) => <Question key={question} project={project} id={question} />}
    </ProjectFrame>
  );
}

function Question({ project, id }: { project: Project; id: string }): ReactNode {
  const { t } = useTranslation('questions');
  const { t: common } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const query = useQuery(threadQuery(id));
  const waiting = useQuery(waitingQuestionsQuery(project.id));
  const next = waiting.data?.results.find((line) => line.id !== id);
  const goOn = (): void => {
    if (next) void navigate(paths.projectQuestion(project.id, next.id));
  };
  useKeys([{ keys: ['j', 'alt+j'], label: t('asked.next'), group: t('asked.group'), run: goOn, when: next !== undefined }]);
  const keep = (thread: Thread): void => {
    queries.setQueryData(threadQuery(id).queryKey, thread);
    void queries.invalidateQueries({ queryKey: ['questions'] });
    void queries.invalidateQueries({ queryKey: ['list', `/projects/${project.id}/questions`] });
  };
  const thread = query.data;
  if (!thread) {
    return query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : <LoadingState />;
  }
  return (
    <>
      <Group justify="space-between" mb="md">
        <Title order={2} size="h3">
          {t('asked.title', { asker: thread.pseudonym ?? t('thread.asker') })}
        </Title>
        <Group gap="xs">
          <Text c="dimmed">{common(`kind.${thread.kind}`)}</Text>
          {next && (
            <Button variant="default" onClick={goOn} rightSection={<Key keys="j" />}>
              {t('asked.next')}
            </Button>
          )}
        </Group>
      </Group>
      <Messages thread={thread} />
      <MessageForm
        place={`answer.${id}`}
        label={t(thread.is_asker ? 'page.askOn' : 'asked.answer')}
        help={t('asked.answerHelp')}
        action={t(thread.is_asker ? 'page.send' : 'asked.send')}
        send={(message) => writeMessage(id, message)}
        onSent={keep}
      />
      <Publication thread={thread} onChanged={keep} />
      <Promotion thread={thread} />
      {thread.item && <Item thread={thread} item={thread.item} />}
    </>
  );
}

function Item({ thread, item }: { thread: Thread; item: NonNullable<Thread['item']> }): ReactNode {
  const { t } = useTranslation('questions');
  return (
    <Section
      title={t('item.title')}
      aside={<Link to={paths.batch(item.batch)}>{t('item.batch', { position: item.position + 1 })}</Link>}
    >
      <div className={classes.item}>
        {item.purpose !== 'work' && <Notice tone="warn">{t('item.test')}</Notice>}
        {item.open_to_others && <Notice tone="info">{t('item.open')}</Notice>}
        {item.brief ? <ItemBrief brief={item.brief} /> : <Prompt messages={item.messages ?? []} />}
        {thread.kind === 'comparison' &&
          item.candidates.map((candidate, position) => (
            <details key={candidate.id} className={classes.output} open>
              <summary>
                <Letter position={position} /> {t('item.output', { letter: letterOf(position) })}
              </summary>
              <Markdown text={candidate.text} />
            </details>
          ))}
      </div>
    </Section>
  );
}
