/** One of one's own questions on a page of its own, to read the answer and to ask on. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { threadQuery, writeMessage } from '@/api/questions';
import { isStatus } from '@/api/errors';
import { paths } from '@/app/paths';
import { Page } from '@/components/Page';
import { NotFoundPage } from '@/pages/NotFound';
import { MessageForm } from './MessageForm';
import { OwnThread } from './OwnThread';

export function QuestionPage(): ReactNode {
  const { t } = useTranslation('questions');
  const { t: common } = useTranslation();
  const { question = '' } = useParams();
  const queries = useQueryClient();
  const thread = useQuery(threadQuery(question));
  if (isStatus(thread.error, 404)) return <NotFoundPage />;
  return (
    <Page
      title={t('page.title')}
      trail={[
        { label: common('nav.home'), to: paths.home() },
        { label: t('list.title'), to: paths.questions() },
      ]}
      intro={
        thread.data && (
          <>
            {thread.data.project_name} {'·'} <Link to={paths.work(thread.data.assignment)}>{t('page.toTask')}</Link>
          </>
        )
      }
    >
      <OwnThread key={question} id={question} />
      {thread.data && (
        <MessageForm
          place={question}
          label={t('page.askOn')}
          action={t('page.send')}
          send={(message) => writeMessage(question, message)}
          onSent={(sent) => queries.setQueryData(threadQuery(question).queryKey, sent)}
        />
      )}
    </Page>
  );
}
