"""GET /projects/ID/agreement and its tables, through HTTP, on judgments of which some disagree."""

import csv
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.collection.models import Prompt
from labeling.projects.models import Membership
from labeling.review import rankings
from labeling.review.agreement_tables import COUNTED, TABLES
from labeling.review.counts.models import KeptAnswer
from tests.collection.conftest import API, OUTPUT_FLAGS, Scene
from tests.collection.conftest import scene as scene
from tests.collection.sets import answer_by_text


def report(scene: Scene, path: str = "", name: str = "eva", **wanted: str) -> Any:
    answer = scene.world.client(name).get(f"{API}/projects/{scene.project.pk}/agreement{path}", wanted)
    assert answer.status_code == 200, answer.content
    return answer.json()


def table(scene: Scene, by: str) -> dict[str, dict[str, Any]]:
    """The estimates of each row, by its labels."""
    return {" ".join(row["labels"]): row["estimates"] for row in report(scene, "/table", by=by)["rows"]}


def pseudonym(scene: Scene, name: str) -> str:
    return Membership.objects.get(project=scene.project, user__username=name).pseudonym


def answer_all(scene: Scene, name: str, *, turn: bool = False, rating: int = 4, flags: tuple[str, ...] = ()) -> int:
    done = 0
    while assignment := scene.next(name):
        body = answer_by_text(assignment)
        if turn:
            body["ranking"].reverse()
        for place, one in enumerate(body["ratings"]):
            one["overall"] = min(7, rating + place)
            one["flags"] = dict.fromkeys(flags, True)
        sent = scene.post(name, assignment, "submit", body)
        assert sent.status_code == 200, sent.content
        done += 1
    return done


@pytest.fixture
def judged(scene: Scene) -> Scene:
    """Four tasks of four outputs each: ada and ben rank alike, and chi the other way round; ben flags."""
    scene.publish("comparison", tasks=4, overlap=3)
    for number, prompt in enumerate(Prompt.objects.order_by("created_at")):
        Prompt.objects.filter(pk=prompt.pk).update(use_case=("chat", "open_qa")[number % 2], language="en")
    assert answer_all(scene, "ada") == 4
    assert answer_all(scene, "ben", rating=3, flags=OUTPUT_FLAGS[:1]) == 4
    assert answer_all(scene, "chi", turn=True, rating=1, flags=OUTPUT_FLAGS[:1]) == 4
    return scene


def test_the_report_has_all_statistics_and_the_papers(judged: Scene):
    found = report(judged)
    # Six pairs of outputs a task, three labelers: one pair of them agrees.
    assert (found["pairwise"]["value"], found["pairwise"]["n"]) == (pytest.approx(1 / 3), 72)
    assert (found["kendall_tau_b"]["value"], found["kendall_tau_b"]["n"]) == (pytest.approx(-1 / 3), 12)
    assert found["kendall_w"]["n"] == 4
    for name in ("gwet_ac1", "gwet_ac2", "fleiss_kappa", "alpha_nominal", "alpha_ordinal"):
        assert found[name]["low"] <= found[name]["value"] <= found[name]["high"]
    assert (found["units"], found["labelers"], found["judgments"]) == (24, 3, 72)
    assert found["paper"]["researcher"] == {"value": 0.73, "error": 0.04}


def test_by_labeler_and_pair_names_nobody(judged: Scene):
    ada, ben, chi = (pseudonym(judged, name) for name in ("ada", "ben", "chi"))
    by_labeler = table(judged, "labeler")
    assert {label: row["pairwise"]["value"] for label, row in by_labeler.items()} == {ada: 0.5, ben: 0.5, chi: 0}
    by_pair = table(judged, "pair")
    assert {frozenset(label.split()): row["pairwise"]["value"] for label, row in by_pair.items()} == {
        frozenset((ada, ben)): 1, frozenset((ada, chi)): 0, frozenset((ben, chi)): 0
    }  # fmt: skip
    for by in TABLES:
        assert not re.search(r"\b(ada|ben|chi)\b", str(report(judged, "/table", by=by)))


@pytest.mark.parametrize(
    "by, labels",
    [("pool", {"training"}), ("use_case", {"chat", "open_qa"}), ("language", {"en"}), ("guideline", set())],
)
def test_by_what_the_work_is(judged: Scene, by: str, labels: set[str]):
    rows = table(judged, by)
    assert set(rows) == labels
    for row in rows.values():
        assert row["pairwise"]["value"] == pytest.approx(1 / 3)
        assert row["pairwise"]["n"] == 72 // len(labels)


def test_judgments_of_different_batches_are_not_compared_and_of_different_weeks_are(judged: Scene):
    (batch,) = table(judged, "batch").values()
    (week,) = table(judged, "week").values()
    assert batch["pairwise"] == week["pairwise"]
    assert batch["pairwise"]["n"] == 72


def test_labelers_stand_against_the_researchers(judged: Scene):
    assert table(judged, "researchers") == {}
    Membership.objects.filter(project=judged.project, user__username="chi").update(pool="researcher")
    judged.publish("comparison", tasks=2, overlap=3, pools=["training", "researcher"])
    answer_all(judged, "ada")
    answer_all(judged, "ben", turn=True)
    answer_all(judged, "chi", turn=True)
    rows = table(judged, "researchers")
    ada, ben = pseudonym(judged, "ada"), pseudonym(judged, "ben")
    # Who is a researcher now is one for all their judgments: chi ranks the other way round throughout.
    assert (rows[ada]["pairwise"]["agree"], rows[ada]["pairwise"]["n"]) == (0, 36)
    assert (rows[ben]["pairwise"]["agree"], rows[ben]["pairwise"]["n"]) == (12, 36)
    assert set(rows) == {ada, ben}, "one researcher has no other to agree with"


def test_ratings_and_flags(judged: Scene):
    ratings = table(judged, "rating")
    assert set(ratings) == {"all", "training"}
    assert ratings["all"]["icc_3_1"]["labelers"] == 3
    assert ratings["all"]["icc_3_1"]["value"] > ratings["all"]["icc_2_1"]["value"]
    assert ratings["all"]["alpha_interval"]["n"] == 48
    flags = table(judged, "flag")
    assert set(flags) == set(OUTPUT_FLAGS)
    set_by_two, set_by_none = (flags[flag] for flag in OUTPUT_FLAGS)
    assert (set_by_two["agreement"]["value"], set_by_two["agreement"]["n"]) == (pytest.approx(1 / 3), 48)
    assert set_by_two["positive"]["value"] == pytest.approx(0.5)
    assert set_by_none["agreement"]["value"] == 1
    assert set_by_none["positive"]["value"] is None
    assert "at least 1 different answer" in set_by_none["alpha"]["why"]


def test_the_model_of_labelers_finds_who_differs(judged: Scene):
    rows = table(judged, "reliability")
    chi = rows[pseudonym(judged, "chi")]
    assert chi["accuracy"]["value"] < 0.2 < 0.8 < rows[pseudonym(judged, "ada")]["accuracy"]["value"]
    assert chi["accuracy"]["n"] == 24


def test_a_table_is_a_file_too(judged: Scene):
    answer = judged.world.eva.get(f"{API}/projects/{judged.project.pk}/agreement/table/csv", {"by": "labeler"})
    assert answer["Content-Disposition"] == 'attachment; filename="agreement-by-labeler.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    ada = [row for row in rows if row["labeler"] == pseudonym(judged, "ada")]
    assert [row["statistic"] for row in ada] == ["pairwise", "pairwise_decided", "cohen_kappa"]
    assert (float(ada[0]["value"]), ada[0]["n"]) == (0.5, "48")


def test_of_a_large_project_a_random_share_of_prompts_is_read(judged: Scene, monkeypatch: pytest.MonkeyPatch):
    whole = report(judged, "/table", by="reliability")
    assert (whole["rankings"], whole["rankings_of"]) == (12, 12)
    monkeypatch.setattr(rankings, "MOST", 6)
    KeptAnswer.objects.all().delete()
    part = report(judged, "/table", by="reliability")
    assert part["rankings_of"] == 12
    assert part["rankings"] % 3 == 0, "all rankings of the prompts that were read"
    read = sum(prompt.pk <= rankings.last_of_share(0.5) for prompt in Prompt.objects.all())
    assert part["rankings"] == 3 * read
    for by in COUNTED:
        assert report(judged, "/table", by=by)["rankings"] == 12, "agreement itself is counted of all"


def test_a_share_of_the_ids():
    assert rankings.last_of_share(1).int == (1 << 128) - 1
    assert rankings.last_of_share(0.25).hex.startswith("3fff")
    assert rankings.last_of_share(0).int == 0


@pytest.mark.parametrize("by", TABLES)
def test_a_project_without_judgments_has_tables_that_say_so(scene: Scene, by: str):
    for row in report(scene, "/table", by=by)["rows"]:
        for estimate in row["estimates"].values():
            assert estimate["value"] is None
            assert estimate["why"]


def test_an_unknown_table_is_refused(scene: Scene):
    answer = scene.world.eva.get(f"{API}/projects/{scene.project.pk}/agreement/table", {"by": "color"})
    assert answer.status_code == 400
    assert "by" in answer.json()["errors"]


@pytest.mark.parametrize("by", TABLES)
def test_queries_do_not_grow_with_judgments(judged: Scene, by: str):
    with CaptureQueriesContext(
        connection,
    ) as few:
        report(judged, "/table", by=by)
    judged.publish("comparison", tasks=2, overlap=3)
    for name in ("ada", "ben", "chi"):
        answer_all(judged, name)
    with CaptureQueriesContext(connection) as many:
        report(judged, "/table", by=by)
    assert len(many) == len(few)
