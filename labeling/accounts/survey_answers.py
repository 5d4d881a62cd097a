"""Keeping survey answers so that none can be tied to a person, and telling what they say together.

Nothing else in the database says who answered, when, or that anybody did: see docs/decisions/surveys.md for what this
protects against and what it cannot.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction

from labeling.accounts.models import SurveyAnswer
from labeling.accounts.surveys import BLOCK, QUESTIONS, tally
from labeling.errors import InvalidError


def check_answers(survey: str, answers: Mapping[str, Sequence[str]]) -> None:
    """Raise InvalidError, which names the questions, unless each answer is known and has as many choices as it may."""
    questions = {question.key: question for question in QUESTIONS[survey]}
    errors = {}
    for key, choices in answers.items():
        if key not in questions:
            errors[key] = ["There is no such question."]
        elif not choices or len(set(choices)) != len(choices) or not set(choices) <= set(questions[key].choices):
            errors[key] = ["Choose from the answers given, or leave the question out."]
        elif len(choices) > 1 and not questions[key].several:
            errors[key] = ["Choose one answer."]
    if errors:
        raise InvalidError("Some answers cannot be taken.", errors=errors)
    if not answers:
        raise InvalidError("No question was answered, so there is nothing to keep.")


@transaction.atomic
def store_answers(*, survey: str, submission_id: UUID, answers: Mapping[str, Sequence[str]]) -> None:
    """Keep these answers, each by itself. The same submission_id again stores nothing.

    Each question's answers that are not released yet are written anew together with the new one, in the order of their
    random ids and in one transaction: neither their place in the table nor its row versions (xmin) tell which came
    last. The tenth releases them all.
    """
    check_answers(survey, answers)
    with connection.cursor() as cursor:  # one at a time, so that no answer is written anew twice
        cursor.execute("LOCK TABLE accounts_surveyanswer IN SHARE ROW EXCLUSIVE MODE")
    written: list[SurveyAnswer] = []
    for question, choices in answers.items():
        # Without the submission_id, which the browser forgets, ids of one person's answers have nothing in common.
        answer = SurveyAnswer(
            id=uuid5(submission_id, f"{survey}.{question}"),
            survey=survey,
            question=question,
            choices=sorted(choices),
        )
        if SurveyAnswer.objects.filter(pk=answer.pk).exists():
            continue
        unreleased = SurveyAnswer.objects.filter(survey=survey, question=question, released=False)
        together = [*unreleased, answer]
        unreleased.delete()
        for one in together:
            one.released = len(together) >= BLOCK
        written += together
    SurveyAnswer.objects.bulk_create(sorted(written, key=lambda one: one.pk))


def survey_results(survey: str) -> list[dict[str, Any]]:
    """Per question, the number of answers and what they say; nothing before ten, and no small number (surveys.tally).

    Answers come in ten at a time, so that two looks around one person's answer show no difference that is theirs.
    """
    answers: dict[str, list[list[str]]] = {}
    rows = SurveyAnswer.objects.filter(survey=survey, released=True).values_list("question", "choices")
    for question, choices in rows:
        answers.setdefault(question, []).append(choices)
    results = []
    for asked in QUESTIONS[survey]:
        given = answers.get(asked.key, [])
        counts = tally(asked, given) if given else {}
        results.append(
            {
                "key": asked.key,
                "several": asked.several,
                "answers": len(given) or None,
                "counts": [{"choice": choice, "count": count} for choice, count in counts.items()],
            }
        )
    return results
