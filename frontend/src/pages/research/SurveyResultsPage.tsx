/** What the answers to a survey say together: from ten answers on, and no small number. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { isStatus } from '@/api/errors';
import { surveyResultsQuery } from '@/api/hours';
import { paths } from '@/app/paths';
import { DataTable } from '@/components/DataTable';
import { Page, Section } from '@/components/Page';
import { ErrorState, LoadingState } from '@/components/states';
import { NotFoundPage } from '@/pages/NotFound';
import { choiceLabel } from '@/pages/work/surveyTexts';

const SURVEYS = ['demographic', 'satisfaction'] as const;

export function SurveyResultsPage(): ReactNode {
  const { t } = useTranslation('beside');
  const { t: work } = useTranslation('work');
  const { t: research } = useTranslation('research');
  const { survey: name = '' } = useParams();
  const results = useQuery(surveyResultsQuery(name));
  if (isStatus(results.error, 404)) return <NotFoundPage />;
  return (
    <Page
      title={work(`survey.title.${name as 'demographic'}`)}
      intro={research('survey.intro', { block: results.data?.block ?? 10, smallest: results.data?.smallest ?? 3 })}
      trail={SURVEYS.filter((survey) => survey !== name).map((survey) => ({
        label: work(`survey.title.${survey}`),
        to: paths.surveyResults(survey),
      }))}
      actions={<Link to={paths.projects()}>{research('projects.title')}</Link>}
    >
      {!results.data ? (
        results.error ? (
          <ErrorState error={results.error} onRetry={() => void results.refetch()} />
        ) : (
          <LoadingState />
        )
      ) : (
        results.data.questions.map((question) => (
          <Section key={question.key} title={t(`survey.question.${question.key as 'gender'}`)}>
            {question.answers === null ? (
              <Text c="dimmed">{research('survey.tooFew')}</Text>
            ) : (
              <DataTable
                label={t(`survey.question.${question.key as 'gender'}`)}
                rows={question.counts.filter(({ count }) => count !== 0)}
                rowKey={({ choice }) => choice}
                empty={null}
                columns={[
                  { key: 'choice', header: research('survey.choice'), cell: ({ choice }) => choiceLabel(t, name, question.key, choice) },
                  {
                    key: 'count',
                    header: research('survey.answers', { count: question.answers }),
                    numeric: true,
                    cell: ({ count }) => count ?? research('survey.few'),
                  },
                ]}
              />
            )}
          </Section>
        ))
      )}
    </Page>
  );
}
