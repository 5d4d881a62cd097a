"""Gold and constant items by labeler: agreement with the key, and with one's own first answer; for leads only."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.collection.models import Assignment, Judgment, Task
from labeling.projects.models import Membership
from labeling.review.share_interval import ItemShare, estimate
from tests.collection.conftest import API, Scene
from tests.collection.conftest import scene as scene
from tests.collection.sets import answer_by_text, change_checks, set_keys


def report(scene: Scene) -> dict[str, dict[str, Any]]:
    """By the name of the labeler."""
    answer = scene.world.eva.get(f"{API}/projects/{scene.project.pk}/checks/report")
    assert answer.status_code == 200, answer.content
    names = dict(Membership.objects.filter(project=scene.project).values_list("pseudonym", "user__username"))
    return {names[row["labeler"]]: row for row in answer.json()["labelers"]}


def answer(scene: Scene, name: str, turn: bool = False, swap: bool = False) -> str:
    """One comparison by this person: the outputs in the order of their texts, turned round, or with the first two
    of them changed. Its assignment's id."""
    assignment = scene.next(name)
    assert assignment is not None
    body = answer_by_text(assignment)
    if turn:
        body["ranking"].reverse()
    if swap:
        body["ranking"][:2] = reversed(body["ranking"][:2])
    sent = scene.post(name, assignment, "submit", body)
    assert sent.status_code == 200, sent.content
    return assignment["id"]


@pytest.fixture
def gold(scene: Scene) -> Scene:
    set_keys(scene, scene.publish("comparison", tasks=2, purpose="gold"))
    scene.publish("comparison", tasks=6, overlap=3)
    change_checks(scene, gold_every=1)
    return scene


def test_agreement_with_the_key_over_pairs(gold: Scene):
    answer(gold, "ada")
    answer(gold, "ada", swap=True)
    answer(gold, "ben", turn=True)
    rows = report(gold)
    assert set(rows) == {"ada", "ben"}, "eva, who wrote the keys, is not checked"
    ada, ben = rows["ada"]["gold"], rows["ben"]["gold"]
    assert (ada["value"], ada["n"], ada["items"]) == (pytest.approx(11 / 12), 12, 2)
    assert (ben["value"], ben["n"], ben["items"]) == (0, 6, 1)
    assert ada["low"] < ada["value"] < ada["high"] <= 1
    assert rows["ada"]["constant"] == {"value": None, "low": None, "high": None, "n": 0, "items": 0}


def test_work_does_not_count_and_a_correction_does(gold: Scene):
    first = answer(gold, "ada", turn=True)
    answer(gold, "ada")
    answer(gold, "ada", turn=True)  # no gold is left: this is work
    assert report(gold)["ada"]["gold"]["value"] == 0.5
    shown = gold.world.ada.get(f"{API}/assignments/{first}").json()
    assert gold.post("ada", shown, "submit", answer_by_text(shown)).status_code == 200
    assert report(gold)["ada"]["gold"]["value"] == 1


def test_the_newest_key_counts(gold: Scene):
    answer(gold, "ada")
    task = Assignment.objects.get(labeler__username="ada").task
    shown = gold.world.eva.post(f"{API}/tasks/{task.pk}/answer", {}, format="json").json()
    body = answer_by_text(shown)
    body["ranking"].reverse()
    sent = gold.post("eva", shown, "submit", body).json()
    key = {"judgment": sent["judgment"], "reasons": "Thought again.", "version": 1}
    assert gold.world.eva.post(f"{API}/tasks/{task.pk}/key", key, format="json").status_code == 201
    assert report(gold)["ada"]["gold"]["value"] == 0


def test_drift_from_ones_own_first_answer_by_week(scene: Scene):
    scene.publish("comparison", purpose="constant")
    scene.publish("comparison", tasks=6, overlap=3)
    change_checks(scene, constant_every=1, constant_days=7)
    for turn in (False, False, True):  # a month apart, the newest in the end
        answer(scene, "ada", turn=turn)
        mine = Assignment.objects.filter(labeler__username="ada")
        for assignment in mine:
            Assignment.objects.filter(pk=assignment.pk).update(created_at=assignment.created_at - timedelta(days=28))
    # Judgments are append-only: their times are set under the trigger's nose, as a year of work would have set them.
    times = [datetime(2025, 3, day, 12, tzinfo=UTC) for day in (3, 12, 19)]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for judgment, at in zip(Judgment.objects.order_by("created_at"), times, strict=True):
            Judgment.objects.filter(pk=judgment.pk).update(created_at=at)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    answer(scene, "ben")
    rows = report(scene)
    constant = rows["ada"]["constant"]
    assert (constant["value"], constant["n"], constant["items"]) == (0.5, 12, 2)
    assert [(week["week"], week["value"]) for week in rows["ada"]["weeks"]] == [("2025-03-10", 1), ("2025-03-17", 0)]
    assert rows["ben"]["constant"]["items"] == 0, "once is no repeat"
    assert rows["ben"]["weeks"] == []
    assert Task.objects.filter(repeat_of__isnull=False).count() == 4


def test_it_costs_the_same_for_more_answers(gold: Scene):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            report(gold)
        return len(asked)

    answer(gold, "ada")
    queries()  # signs in
    before = queries()
    for name in ("ada", "ben", "chi"):
        answer(gold, name)
    assert queries() == before


@pytest.mark.parametrize(("name", "status"), [("ada", 403), ("finn", 404), ("gil", 200)])
def test_never_for_labelers(gold: Scene, name: str, status: int):
    url = f"{API}/projects/{gold.project.pk}/checks/report"
    assert gold.world.client(name).get(url).status_code == status


@pytest.mark.parametrize(("agree", "of"), list(combinations(range(7), 2)))
def test_the_interval_holds_the_share_and_narrows(agree: int, of: int):
    few, many = (estimate([ItemShare(agree, of)] * items) for items in (3, 300))
    for found in (few, many):
        assert 0 <= found["low"] <= found["value"] <= found["high"] <= 1
    assert many["high"] - many["low"] < few["high"] - few["low"]


def test_wilsons_interval_as_published():
    # Newcombe 1998, table I, method 3: 81 of 263, and 0 of 20.
    found = estimate([ItemShare(1, 1)] * 81 + [ItemShare(0, 1)] * 182)
    assert (found["low"], found["high"]) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    none = estimate([ItemShare(0, 1)] * 20)
    assert (none["low"], none["high"]) == (0, pytest.approx(0.1611, abs=5e-5))
