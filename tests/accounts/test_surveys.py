"""The surveys: what is asked, what may be answered, what is shown; and that no answer can be tied to a person."""

import uuid
from itertools import pairwise

import pytest
from django.db import connection
from rest_framework.test import APIClient

from labeling.accounts.models import Event, SurveyAnswer
from labeling.accounts.surveys import QUESTIONS, SurveyQuestion, tally
from tests.cast import LABELERS, World
from tests.fingerprint import fingerprint

DEMOGRAPHIC = "/api/v1/surveys/demographic"
SATISFACTION = "/api/v1/surveys/satisfaction"


def send(client: APIClient, address: str, submission: str = "", **answers: list[str]):
    body = {"submission_id": submission or str(uuid.uuid4()), "answers": answers}
    return client.post(address, body, format="json")


def results(world: World, address: str) -> dict[str, dict]:
    questions = world.eva.get(f"{address}/results").json()["questions"]
    return {
        question["key"]: question | {"counts": {one["choice"]: one["count"] for one in question["counts"]}}
        for question in questions
    }


def rows() -> list[tuple]:
    """Every row as somebody with the database before them finds it: its place, its version, its values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ctid, xmin::text, id, survey, question, choices, released FROM accounts_surveyanswer ORDER BY ctid"
        )
        return cursor.fetchall()


def page_of(row: tuple) -> str:
    return row[0].partition(",")[0]


def test_the_questions_of_both_surveys(world: World):
    asked = {question["key"]: question for question in world.ada.get(DEMOGRAPHIC).json()["questions"]}
    assert list(asked) == ["gender", "ethnicities", "nationality", "age", "education"]
    assert [key for key, question in asked.items() if question["several"]] == ["ethnicities"]
    statements = world.ada.get(SATISFACTION).json()["questions"]
    assert len(statements) == 5
    assert {len(statement["choices"]) for statement in statements} == {5}
    assert world.ada.get("/api/v1/surveys/other").status_code == 404


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"gender": ["male", "female"]}, "gender"),
        ({"gender": []}, "gender"),
        ({"gender": ["knight"]}, "gender"),
        ({"nationality": ["XX"]}, "nationality"),
        ({"ethnicities": ["white", "white"]}, "ethnicities"),
        ({"income": ["high"]}, "income"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_told_beside_its_question(world: World, answers: dict, field: str):
    refused = send(world.ada, DEMOGRAPHIC, age=["25_34"], **answers)
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == [field]
    assert not SurveyAnswer.objects.exists()


def test_any_question_may_be_left_out_but_not_all(world: World):
    assert send(world.ada, DEMOGRAPHIC, ethnicities=["black", "white"]).status_code == 204
    assert SurveyAnswer.objects.get().choices == ["black", "white"]
    assert send(world.ada, DEMOGRAPHIC).status_code == 400


def test_what_is_sent_twice_is_kept_once(world: World):
    submission = str(uuid.uuid4())
    for _ in range(2):
        assert send(world.ada, DEMOGRAPHIC, submission, age=["25_34"], gender=["female"]).status_code == 204
    assert SurveyAnswer.objects.count() == 2


def test_nothing_is_shown_before_ten_and_then_ten_at_a_time(world: World):
    for _ in range(9):
        send(world.ada, SATISFACTION, enjoyable=["agree"])
    assert results(world, SATISFACTION)["enjoyable"] == {
        "key": "enjoyable", "several": False, "answers": None, "counts": {},
    }  # fmt: skip
    send(world.ben, SATISFACTION, enjoyable=["agree"], repetitive=["disagree"])
    shown = results(world, SATISFACTION)
    assert shown["enjoyable"]["answers"] == 10
    assert shown["enjoyable"]["counts"]["agree"] == 10
    assert shown["repetitive"]["answers"] is None, "each question has its own ten"
    for count in range(11, 20):
        send(world.ben, SATISFACTION, enjoyable=["disagree"])
        assert results(world, SATISFACTION) == shown, f"{count} answers show what ten showed"
    send(world.ben, SATISFACTION, enjoyable=["disagree"])
    assert results(world, SATISFACTION)["enjoyable"]["counts"]["disagree"] == 10


def test_small_numbers_are_hidden_and_cannot_be_had_by_subtraction():
    question = SurveyQuestion("color", ("red", "green", "blue", "gray"))

    def counts(**numbers: int) -> dict[str, int | None]:
        return tally(question, [[choice] for choice, count in numbers.items() for _ in range(count)])

    assert counts(red=6, green=4) == {"red": 6, "green": 4, "blue": None, "gray": None}
    # One hidden person: the next smallest is hidden, too, so that 20 - 19 says nothing.
    assert counts(red=12, green=7, blue=1) == {"red": 12, "green": None, "blue": None, "gray": None}
    assert counts(red=15, green=2, blue=2, gray=1) == {"red": 15, "green": None, "blue": None, "gray": None}
    assert counts(red=18, green=2) == {"red": None, "green": None, "blue": None, "gray": None}
    several = SurveyQuestion("colors", ("red", "green"), several=True)
    assert tally(several, [["red"]] * 9 + [["red", "green"]]) == {"red": 10, "green": None}


def test_no_answer_can_be_joined_to_a_person(world: World):
    """Twelve people answer one after the other; whoever holds the database and knows the order finds nobody."""
    people = [LABELERS[number % 3] for number in range(12)]
    ages = [QUESTIONS["demographic"][3].choices[number % 6] for number in range(12)]
    clients = {name: world.client(name) for name in LABELERS}
    elsewhere = _without_answers()
    events = Event.objects.count()
    told = set()
    for number, (name, age) in enumerate(zip(people, ages, strict=True)):
        answer = send(clients[name], DEMOGRAPHIC, age=[age], nationality=["AF" if number % 2 else "ZW"])
        told.add((answer.status_code, answer.content))
        after = rows()
        # The newest answer stands nowhere in particular: unreleased rows of a question are all of one version, ...
        for question in ("age", "nationality"):
            assert len({row[1] for row in after if row[4] == question and not row[6]}) <= 1
        # ... and on a page of the table they lie in the order of their random ids.
        for one, other in pairwise(row for row in after if not row[6]):
            same = (page_of(one), one[1]) == (page_of(other), other[1])
            assert not same or one[2] < other[2]
    # The answer to the request is the same for all, and nothing but the answers was written anywhere.
    assert told == {(204, b"")}
    assert _without_answers() == elsewhere
    assert Event.objects.count() == events
    # A row has nothing that anything could be joined on, and a person's answers have no id in common.
    fields = {field.name for field in SurveyAnswer._meta.get_fields()}
    assert fields == {"id", "survey", "question", "choices", "released"}
    assert not [field for field in SurveyAnswer._meta.get_fields() if field.is_relation]
    ids = [row[2] for row in rows()]
    assert len({str(one)[:8] for one in ids}) == len(ids) == 24


def _without_answers() -> str:
    return fingerprint(leaving_out=frozenset({"accounts_surveyanswer"}))
