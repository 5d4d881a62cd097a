"""Kept counts against the judgments themselves: after any history both give the same agreement, to the last digit."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labeling.collection.models import Judgment, Prompt, Rating
from labeling.projects.models import Guideline, Membership
from labeling.review.agreement_tables import COUNTED, MOST_PAIRS, TABLES, agreement_table
from labeling.review.counts import answers, read, recount
from labeling.review.counts.models import KeptAnswer, PairCount, PromptCount, StalePrompt, UnitCount
from labeling.review.explore.tables import READ
from labeling.review.rankings import (
    attribute,
    flag_columns,
    judgments_of,
    ranking_columns,
    rankings_of,
    rating_columns,
)
from labeling.review.renew import renew_one
from labeling.review.report import agreement_report
from labeling.review.statistics.agreement import agreement
from labeling.review.statistics.flags import flag_agreement
from labeling.review.statistics.groups import agreement_by, agreement_within
from labeling.review.statistics.icc import rating_agreement
from labeling.review.statistics.kendall import rank_agreement
from tests.collection.conftest import OUTPUT_FLAGS, Scene, answer_to, while_uncommitted
from tests.collection.conftest import scene as scene
from tests.collection.sets import answer_by_text

SHIFT = "UPDATE collection_judgment SET created_at = %s, pool = %s, guideline_id = %s WHERE id = %s"
COLUMNS = ("pairwise", "pairwise_decided", "cohen_kappa")


def direct(project: Any) -> dict[str, Any]:
    """The report and each table, from the rankings."""
    rows = rankings_of(project)
    judgments, of = judgments_of(rows)
    names = dict(Membership.objects.filter(project=project).values_list("user_id", "pseudonym"))
    researchers = {row.labeler for row in rows if row.pool == "researcher"}
    weeks: dict[int, Any] = {}
    for unit, row in zip(judgments.units.tolist(), of, strict=True):
        weeks[unit] = max(row.week, weeks.get(unit, row.week))

    def people(found: list[dict[str, Any]]) -> dict[str, Any]:
        return {" ".join(names[one] for one in row["labelers"]): {c: row[c] for c in COLUMNS} for row in found}

    def within(keys: list[Any]) -> dict[str, Any]:
        return {str(row.pop("key")): row for row in agreement_within(judgments, keys)}

    others = [name in researchers for name in judgments.names]
    return {
        "all": {**agreement(judgments), **rank_agreement(ranking_columns(rows))},
        "labeler": people(agreement_by(judgments, "labeler")),
        "pair": people(agreement_by(judgments, "pair", most=MOST_PAIRS)),
        "researchers": people(agreement_by(judgments, "labeler", others=others)),
        "week": within([weeks[unit] for unit in judgments.units.tolist()]),
        **{
            name: within(attribute(of, name))
            for name in ("pool", "use_case", "language", "guideline", "batch")
        },
        "rating": {
            "all": rating_agreement(rating_columns(rows)),
            **{
                pool: rating_agreement(rating_columns([row for row in rows if row.pool == pool]))
                for pool in {row.pool for row in rows}
            },
        },
        "flag": {
            flag: flag_agreement(flag_columns([row for row in rows if row.rubric], flag)) for flag in OUTPUT_FLAGS
        },
    }  # fmt: skip


def counted(project: Any) -> dict[str, Any]:
    """The same as the pages are told."""
    report = agreement_report(project)
    tables = {by: {row["key"]: row["estimates"] for row in agreement_table(project, by)["rows"]} for by in COUNTED}
    return {
        "all": {name: report[name] for name in report if isinstance(report[name], dict) and name != "paper"}
    } | tables


def same(found: Any, wanted: Any) -> None:
    """Equal, numbers to 1e-9."""
    if isinstance(wanted, dict):
        assert found.keys() == wanted.keys()
        for name in wanted:
            same(found[name], wanted[name])
    elif isinstance(wanted, float):
        assert found == pytest.approx(wanted, abs=1e-9)
    else:
        assert found == wanted


def random_answer(chance: random.Random, assignment: dict[str, Any]) -> dict[str, Any]:
    ranking: list[list[str]] = []
    for candidate in sorted(
        assignment["candidates"], key=lambda one: chance.random() - (one["text"] < "Once, output 2")
    ):
        if ranking and chance.random() < 0.3:
            ranking[-1].append(candidate["id"])
        else:
            ranking.append([candidate["id"]])
    body = answer_to(assignment) | {"ranking": ranking}
    for one in body["ratings"]:
        one["overall"] = chance.randint(1, 7)
        one["flags"] = {OUTPUT_FLAGS[0]: chance.random() < 0.4}
    return body


class History:
    """People submit, correct, undo, are sent back, are rejected; and what they did may be of other days and pools."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene = scene
        self.chance = random.Random(seed)
        self.done: list[tuple[str, dict[str, Any]]] = []
        pools = ["training", "researcher"]
        prompts = scene.prompts(5, outputs=4)
        for number, prompt in enumerate(prompts):
            Prompt.objects.filter(pk=prompt.pk).update(use_case=("chat", "open_qa", "")[number % 3], language="en")
        scene.publish("comparison", prompts=prompts, overlap=3, pools=pools)
        scene.publish("comparison", prompts=prompts[:3], overlap=2, pools=pools)  # the same outputs once more
        self.guidelines = [
            None,
            *(Guideline.objects.create(project=scene.project, version=number, text="Be fair.").pk for number in (1, 2)),
        ]

    def step(self) -> None:
        deed = self.chance.choices([self.submit, self.correct, self.undo, self.verdict, self.move], [8, 2, 1, 2, 3])[0]
        deed()

    def submit(self) -> None:
        name = self.chance.choice(["ada", "ben", "chi", "eva"])
        if assignment := self.scene.next(name):
            sent = self.scene.post(name, assignment, "submit", random_answer(self.chance, assignment))
            assert sent.status_code == 200, sent.content
            self.done.append((name, assignment))

    def correct(self) -> None:
        if self.done:
            name, assignment = self.chance.choice(self.done)
            self.scene.post(name, assignment, "submit", random_answer(self.chance, assignment))

    def undo(self) -> None:
        if self.done:
            self.scene.post(*self.chance.choice(self.done), "undo")

    def verdict(self) -> None:
        if judgment := self.any_judgment():
            body = {"decision": self.chance.choice(["return", "reject"]), "reasons": "Read it again."}
            self.scene.world.eva.post(f"/api/v1/judgments/{judgment.pk}/verdict", body, format="json")

    def move(self) -> None:
        """As if it were judged in another week, pool and under another guideline."""
        if judgment := self.any_judgment():
            when = judgment.created_at - timedelta(days=self.chance.randrange(30))
            pool = self.chance.choice(["training", "researcher"])
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL concord.purge = 'on'")
                cursor.execute(SHIFT, [when, pool, self.chance.choice(self.guidelines), judgment.pk])
                cursor.execute("SET LOCAL concord.purge = 'off'")

    def any_judgment(self) -> Judgment | None:
        return self.chance.choice(list(Judgment.objects.filter(current=True).order_by("created_at")) or [None])


@pytest.mark.parametrize("seed", range(6))
def test_after_any_history_the_counts_say_what_the_judgments_say(scene: Scene, seed: int):
    history = History(scene, seed)
    for _ in range(4):
        for _ in range(8):
            history.step()
        same(counted(scene.project), direct(scene.project))
    assert counted(scene.project)["all"]["pairwise"]["n"] > 0


@pytest.fixture
def judged(scene: Scene) -> Scene:
    """Four tasks, all judged by ada and ben."""
    scene.publish("comparison", tasks=4, overlap=3)
    for name in ("ada", "ben"):
        for _ in range(4):
            submit(scene, name)
    return scene


def submit(scene: Scene, name: str) -> None:
    assignment = scene.next(name)
    assert assignment
    assert scene.post(name, assignment, "submit", answer_by_text(assignment)).status_code == 200


def test_totals(judged: Scene):
    submit(judged, "chi")
    found = agreement_report(judged.project)
    assert [found[name] for name in ("units", "labelers", "judgments", "rankings", "counting")] == [24, 3, 54, 9, 0]


def test_beyond_so_many_prompts_blocks_are_drawn(judged: Scene, monkeypatch: pytest.MonkeyPatch):
    submit(judged, "chi")
    wanted = direct(judged.project)
    monkeypatch.setattr(read, "MAX_BLOCKS", 3)
    monkeypatch.setattr(read, "BLOCKS", 3)
    found = counted(judged.project)
    for table in ("labeler", "pair", "batch"):
        for key, row in wanted[table].items():
            for name, estimate in row.items():
                assert found[table][key][name].get("n") == estimate.get("n")
                assert found[table][key][name]["value"] == estimate["value"]
    assert found["all"]["kendall_w"]["value"] == pytest.approx(wanted["all"]["kendall_w"]["value"])
    assert found["all"]["pairwise"]["n"] == wanted["all"]["pairwise"]["n"]


def test_who_dies_in_the_middle_loses_nothing(judged: Scene, monkeypatch: pytest.MonkeyPatch):
    agreement_report(judged.project)
    submit(judged, "chi")

    def die(*_: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(recount, "insert", die)
        with pytest.raises(SystemExit):
            recount.recount_all(seconds=10)
    assert StalePrompt.objects.exists()
    assert UnitCount.objects.values("prompt_id").distinct().count() == 4, "the old counts stand"
    same(counted(judged.project), direct(judged.project))


def test_what_comes_while_counting_is_counted_next(judged: Scene, monkeypatch: pytest.MonkeyPatch):
    def read_then_judged(*args: Any, **options: Any) -> Any:
        rows = rankings_of(*args, **options)
        submit(judged, "chi")
        return rows

    with monkeypatch.context() as patched:
        patched.setattr(recount, "rankings_of", read_then_judged)
        assert recount._recount_some(judged.project.pk)
    assert StalePrompt.objects.exists()
    same(counted(judged.project), direct(judged.project))
    assert not StalePrompt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_turns(judged: Scene):
    def count() -> bool:
        return recount._recount_some(judged.project.pk)

    first, second = while_uncommitted(count, count)
    assert (first, second) == (True, False)
    assert PromptCount.objects.count() == 4
    assert PairCount.objects.count() == 4
    same(counted(judged.project), direct(judged.project))


def test_what_waits_is_told(judged: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recount, "PROMPTS", 1)
    monkeypatch.setattr(answers, "FRESH_SECONDS", 0.0)
    found = agreement_report(judged.project)
    assert (found["counting"], found["rankings"]) == (3, 2)
    assert agreement_table(judged.project, "pair")["counting"] == 2
    recount.recount_all(seconds=10)
    found = agreement_report(judged.project)
    assert (found["counting"], found["rankings"]) == (0, 8)


def test_an_answer_is_kept_until_something_changes(judged: Scene, monkeypatch: pytest.MonkeyPatch):
    first = agreement_table(judged.project, "labeler")

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("computed again")

    with monkeypatch.context() as patched:
        patched.setattr("labeling.review.agreement_tables.pairs_by_labeler", never)
        assert agreement_table(judged.project, "labeler") == first
        submit(judged, "chi")
        with pytest.raises(AssertionError, match="computed again"):
            agreement_table(judged.project, "labeler")
    assert len(agreement_table(judged.project, "labeler")["rows"]) == 3
    assert KeptAnswer.objects.count() == 1


def of_before(judged: Scene) -> Any:
    """The table as it stands in the answer, and the time that it is of."""
    found = agreement_table(judged.project, "labeler")
    return len(found["rows"]), found["as_of"]


def test_a_dear_answer_is_shown_for_a_while_and_renewed_by_a_worker(judged: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answers, "DEAR_SECONDS", 0.0)
    monkeypatch.setattr(answers, "REST", 0)
    assert of_before(judged) == (2, None)
    assert not renew_one(), "nothing changed"
    submit(judged, "chi")
    kept = KeptAnswer.objects.get()
    assert of_before(judged) == (2, kept.made_at)
    assert renew_one()
    assert not renew_one()
    assert of_before(judged) == (3, None)


def test_a_dear_answer_that_nobody_renewed_is_computed_again(judged: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answers, "DEAR_SECONDS", 0.0)
    assert of_before(judged) == (2, None)
    submit(judged, "chi")
    assert of_before(judged)[0] == 2
    KeptAnswer.objects.update(made_at=timezone.now() - answers.SHOWN_FOR - timedelta(seconds=1))
    assert of_before(judged) == (3, None)


def test_a_worker_renews_what_somebody_looks_at(judged: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answers, "DEAR_SECONDS", 0.0)
    of_before(judged)
    submit(judged, "chi")
    recount.recount_all(seconds=10)
    KeptAnswer.objects.update(seconds=1000)
    assert not renew_one(), "an answer that took long has its rest"
    monkeypatch.setattr(answers, "REST", 0)
    KeptAnswer.objects.update(asked_at=timezone.now() - answers.LOOKED_AT - timedelta(seconds=1))
    assert not renew_one(), "nobody looks"
    of_before(judged)
    assert renew_one()


@pytest.mark.parametrize("name", ["all", "labelers", "judges", *TABLES, *(f"explore {view}" for view in READ)])
def test_a_worker_makes_each_answer_as_a_request_does(judged: Scene, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setattr(answers, "DEAR_SECONDS", 0.0)
    monkeypatch.setattr(answers, "REST", 0)
    path = {"all": "agreement", "labelers": "labelers", "judges": "labelers/judges"}.get(
        name, f"explore?view={name[8:]}" if name.startswith("explore") else f"agreement/table?by={name}"
    )

    def shown() -> Any:
        answer = judged.world.eva.get(f"/api/v1/projects/{judged.project.pk}/{path}")
        assert answer.status_code == 200
        return answer.json()

    before = shown()
    submit(judged, "chi")
    KeptAnswer.objects.update(made_at=timezone.now())
    assert {**shown(), "as_of": None} == before
    assert renew_one()
    renewed = shown()
    assert renewed["as_of"] is None
    KeptAnswer.objects.all().delete()
    assert shown() == renewed
    assert renewed != before


def test_answers_of_what_is_gone_are_forgotten(judged: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answers, "DEAR_SECONDS", 0.0)
    monkeypatch.setattr(answers, "REST", 0)
    of_before(judged)
    KeptAnswer.objects.update(name="an older release's", version=-1)
    assert renew_one()
    assert not KeptAnswer.objects.exists()


def test_tables_follow_the_prompt_and_the_time_zone(judged: Scene):
    assert agreement_table(judged.project, "use_case")["rows"] == []
    prompt = Prompt.objects.latest("created_at")
    judged.world.eva.patch(f"/api/v1/prompts/{prompt.pk}", {"use_case": "chat"}, format="json")
    (row,) = agreement_table(judged.project, "use_case")["rows"]
    assert (row["key"], row["estimates"]["pairwise"]["n"]) == ("chat", 6)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL concord.purge = 'on'")
        cursor.execute("UPDATE collection_judgment SET created_at = '2026-01-05 02:00+00'")  # a Monday
    (row,) = agreement_table(judged.project, "week")["rows"]
    assert row["key"] == "2026-01-05"
    judged.project.time_zone = "America/New_York"
    judged.project.save()
    (row,) = agreement_table(judged.project, "week")["rows"]
    assert row["key"] == "2025-12-29"


def test_a_purge_is_seen(judged: Scene):
    before = agreement_report(judged.project)["pairwise"]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL concord.purge = 'on'")
        Rating.objects.filter(rank=1).update(rank=2)
    assert agreement_report(judged.project)["pairwise_decided"]["n"] < before["n"], "there are ties now"
    same(counted(judged.project), direct(judged.project))


@pytest.mark.parametrize("ask", [agreement_report, lambda project: agreement_table(project, "labeler")])
def test_it_reads_no_more_where_more_was_judged(judged: Scene, ask: Callable[[Any], Any]):
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            ask(judged.project)
        return len(captured)

    first = statements()
    judged.publish("comparison", tasks=4, overlap=2)
    for name in ("ada", "ben"):
        for _ in range(4):
            submit(judged, name)
    assert statements() == first
    assert statements() < first, "kept"


def test_a_kept_table_has_its_columns_in_the_order_in_which_they_were_computed(world):
    """The page's default statistic is the first: it must not change with the second look."""
    columns = {"zulu": 1, "alpha": 2, "mike": 3}
    for _ in range(2):
        answer = answers.current_answer(world.project, "columns", lambda _: {"rows": [{"estimates": columns}]})
        assert list(answer["rows"][0]["estimates"]) == list(columns)
