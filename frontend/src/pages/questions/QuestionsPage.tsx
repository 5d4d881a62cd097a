/** What I have asked, newest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { pagedQuery } from '@/api/paged';
import type { QuestionLine } from '@/api/questions';
import { paths } from '@/app/paths';
import { PagedTable } from '@/components/DataTable';
import { Page } from '@/components/Page';
import { EmptyState } from '@/components/states';
import { Time } from '@/components/Time';
import { excerpt } from './excerpt';
import { QuestionStatus } from './QuestionStatus';

export function QuestionsPage(): ReactNode {
  const { t } = useTranslation('questions');
  const { t: common } = useTranslation();
  const lines = useInfiniteQuery(pagedQuery<QuestionLine>('/questions'));
  return (
    <Page title={t('list.title')} intro={t('list.intro')} trail={[{ label: common('nav.home'), to: paths.home() }]}>
      <PagedTable
        query={lines}
        label={t('list.title')}
        rowKey={(line) => line.id}
        empty={<EmptyState title={t('list.emptyTitle')} text={t('list.emptyText')} />}
        columns={[
          { key: 'when', header: t('list.when'), cell: (line) => <Time at={line.created_at} /> },
          {
            key: 'question',
            header: t('list.question'),
            cell: (line) => <Link to={paths.question(line.id)}>{excerpt(line.text)}</Link>,
          },
          { key: 'kind', header: t('list.kind'), cell: (line) => common(`kind.${line.kind}`) },
          { key: 'state', header: t('list.state'), cell: (line) => <QuestionStatus line={line} /> },
        ]}
      />
    </Page>
  );
}
