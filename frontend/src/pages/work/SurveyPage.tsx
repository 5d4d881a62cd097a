/** One of the two voluntary surveys. Every question may be left out, and nothing says who has answered. */
import { Button, Checkbox, Group, Radio, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { isStatus } from '@/api/errors';
import { answerSurvey, surveyQuery } from '@/api/hours';
import type { Schema } from '@/api/schemas';
import { paths } from '@/app/paths';
import { useUser } from '@/app/session';
import { uuid } from '@/app/uuid';
import { Choice } from '@/components/Choice';
import { Page } from '@/components/Page';
import { ErrorState, ErrorText, LoadingState, Notice } from '@/components/states';
import { NotFoundPage } from '@/pages/NotFound';
import { rememberSurvey } from '@/work/answeredSurveys';
import { choiceLabel } from './surveyTexts';

type Question = Schema<'SurveyQuestion'>;
type Answers = Record<string, string[]>;
// A list that is longer than a page is chosen from and not read.
const LONG = 20;

export function SurveyPage(): ReactNode {
  const { t } = useTranslation('beside');
  const { t: work } = useTranslation('work');
  const { survey: name = '' } = useParams();
  const user = useUser();
  const survey = useQuery(surveyQuery(name));
  const [answers, setAnswers] = useState<Answers>({});
  const [submission] = useState(() => uuid());
  const sending = useMutation({
    mutationFn: () =>
      answerSurvey(name, {
        submission_id: submission,
        answers: Object.fromEntries(Object.entries(answers).filter(([, choices]) => choices.length > 0)),
      }),
    onSuccess: () => rememberSurvey(user.id, name),
  });
  if (isStatus(survey.error, 404)) return <NotFoundPage />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    sending.mutate();
  };
  const nothing = Object.values(answers).every((choices) => choices.length === 0);
  return (
    <Page
      title={work(`survey.title.${name as 'demographic'}`)}
      intro={t('survey.intro')}
      trail={[{ label: work('home.title'), to: paths.home() }]}
    >
      {sending.isSuccess ? (
        <Notice tone="good" role="status">
          {t('survey.thanks')} <Link to={paths.home()}>{work('finished.home')}</Link>
        </Notice>
      ) : !survey.data ? (
        survey.error ? (
          <ErrorState error={survey.error} onRetry={() => void survey.refetch()} />
        ) : (
          <LoadingState />
        )
      ) : (
        <form onSubmit={submit}>
          <Stack gap="lg">
            {survey.data.questions.map((question) => (
              <QuestionField
                key={question.key}
                survey={name}
                question={question}
                chosen={answers[question.key] ?? []}
                onChange={(choices) => setAnswers({ ...answers, [question.key]: choices })}
              />
            ))}
            {sending.error && (
              <Notice tone="bad" role="alert">
                <ErrorText error={sending.error} />
              </Notice>
            )}
            <Group>
              <Button type="submit" loading={sending.isPending} disabled={nothing}>
                {t('survey.send')}
              </Button>
              <Text c="dimmed">{t('survey.once')}</Text>
            </Group>
          </Stack>
        </form>
      )}
    </Page>
  );
}

interface QuestionFieldProps {
  survey: string;
  question: Question;
  chosen: string[];
  onChange: (choices: string[]) => void;
}

function QuestionField({ survey, question, chosen, onChange }: QuestionFieldProps): ReactNode {
  const { t } = useTranslation('beside');
  const label = t(`survey.question.${question.key as 'gender'}`);
  const choices = question.choices.map((choice) => ({ value: choice, label: choiceLabel(t, survey, question.key, choice) }));
  if (question.several) {
    return (
      <Checkbox.Group label={label} description={t('survey.several')} value={chosen} onChange={onChange}>
        <Stack gap={6} mt={6}>
          {choices.map((choice) => (
            <Checkbox key={choice.value} value={choice.value} label={choice.label} />
          ))}
        </Stack>
      </Checkbox.Group>
    );
  }
  if (choices.length > LONG) {
    return (
      <Choice
        label={label}
        value={chosen[0] ?? ''}
        onChange={(choice) => onChange(choice ? [choice] : [])}
        none={t('survey.noAnswer')}
        options={[...choices].sort((one, other) => one.label.localeCompare(other.label))}
      />
    );
  }
  return (
    <Radio.Group label={label} value={chosen[0] ?? ''} onChange={(choice) => onChange(choice ? [choice] : [])}>
      <Stack gap={6} mt={6}>
        {[...choices, { value: '', label: t('survey.noAnswer') }].map((choice) => (
          <Radio key={choice.value} value={choice.value} label={choice.label} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
