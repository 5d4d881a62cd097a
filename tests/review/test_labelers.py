"""GET /projects/ID/labelers and /labelers/judges: what each labeler is like, and how far kinds of judges agree."""

import csv
import io
import re
from typing import Any

import pytest

from labeling.collection.models import Candidate, CandidateScore, Judgment, Prompt, Rating
from labeling.projects.models import Membership
from labeling.registry.models import ModelVersion
from labeling.review.labelers.advice import advise, typical
from tests.collection.conftest import API, Scene
from tests.collection.conftest import scene as scene
from tests.collection.sets import answer_by_text, change_checks, set_keys


def get(scene: Scene, path: str = "") -> Any:
    answer = scene.world.eva.get(f"{API}/projects/{scene.project.pk}/labelers{path}")
    assert answer.status_code == 200, answer.content
    return answer


def rows(scene: Scene) -> dict[str, dict[str, Any]]:
    return {row["labeler"]: row for row in get(scene).json()["rows"]}


def pseudonym(scene: Scene, name: str) -> str:
    return Membership.objects.get(project=scene.project, user__username=name).pseudonym


def answer_all(scene: Scene, name: str, *, turn: bool = False) -> None:
    while assignment := scene.next(name):
        body = answer_by_text(assignment)
        if turn:
            body["ranking"].reverse()
            for place, one in enumerate(reversed(body["ratings"])):
                one["overall"] = 7 - place
        assert scene.post(name, assignment, "submit", body).status_code == 200


@pytest.fixture
def judged(scene: Scene) -> Scene:
    """Ten tasks of four outputs: ada, ben and eva rank alike, chi the other way round."""
    scene.publish("comparison", tasks=10, overlap=4, pools=["training", "researcher"])
    for name in ("ada", "ben", "eva"):
        answer_all(scene, name)
    answer_all(scene, "chi", turn=True)
    return scene


def test_each_labeler_has_figures_with_intervals_and_nobodys_name(judged: Scene):
    found = rows(judged)
    assert set(found) == {pseudonym(judged, name) for name in ("ada", "ben", "chi", "eva")}
    ada, chi = found[pseudonym(judged, "ada")], found[pseudonym(judged, "chi")]
    assert ada["agreement"]["value"] == pytest.approx(2 / 3)
    assert (ada["researchers"]["value"], ada["researchers"]["n"]) == (1, 60)
    assert (chi["researchers"]["value"], chi["agreement"]["value"]) == (0, 0)
    assert ada["accuracy"]["low"] > 0.8 > 0.3 > chi["accuracy"]["high"]
    assert ada["accuracy"]["n"] == 60
    assert not re.search(r"\b(ada|ben|chi|eva)\b", get(judged).content.decode())


def test_who_is_mostly_wrong_is_suggested_to_stop_with_the_reasons_and_nothing_happens(judged: Scene):
    found = rows(judged)
    chi = found[pseudonym(judged, "chi")]
    assert next(iter(found)) == chi["labeler"], "first"
    assert chi["advice"]["what"] == "stop"
    assert {reason["code"] for reason in chi["advice"]["reasons"]} == {"mostly_wrong", "agrees_less"}
    assert found[pseudonym(judged, "ada")]["advice"] == {"what": "none", "reasons": []}
    assert Membership.objects.get(project=judged.project, user__username="chi").qualified


def test_who_judged_little_needs_more(scene: Scene):
    scene.publish("comparison", tasks=2, overlap=2)
    for name in ("ada", "ben"):
        answer_all(scene, name)
    for row in rows(scene).values():
        assert row["advice"] == {"what": "more", "reasons": [{"code": "few_votes", "value": 12, "limit": 50}]}


def test_gold_stands_in_the_row(scene: Scene):
    set_keys(scene, scene.publish("comparison", tasks=2, purpose="gold"))
    scene.publish("comparison", tasks=2, overlap=1)
    change_checks(scene, gold_every=1)
    answer_all(scene, "ada", turn=True)
    ada = rows(scene)[pseudonym(scene, "ada")]
    assert (ada["gold"]["value"], ada["gold"]["n"]) == (0, 12)
    assert ada["agreement"]["value"] is None
    assert "1 more judgment" in ada["agreement"]["why"]


def test_the_threshold_is_of_ratings_where_no_confidence_is_asked(judged: Scene):
    assert get(judged).json()["sureness"] == "ratings"
    ada = rows(judged)[pseudonym(judged, "ada")]["threshold"]
    # Outputs were rated 7, 6, 5, 4: gaps of one, two and three; two of three others agree at each.
    assert [(point["level"], point["n"]) for point in ada["curve"]] == [(1, 90), (2, 60), (3, 30)]
    assert [point["value"] for point in ada["curve"]] == pytest.approx([2 / 3] * 3)
    assert ada["value"] is None
    assert "67%" in ada["why"]


def test_ratings_that_were_never_given_give_no_threshold(judged: Scene):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL concord.purge = 'on'")
    Rating.objects.update(overall=None)
    ada = rows(judged)[pseudonym(judged, "ada")]["threshold"]
    assert (ada["value"], ada["n"], ada["curve"]) == (None, 0, [])


def test_as_a_file(judged: Scene):
    answer = get(judged, "/csv")
    assert answer["Content-Disposition"] == 'attachment; filename="labelers.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    mine = {line["figure"]: line for line in lines if line["labeler"] == pseudonym(judged, "chi")}
    assert mine["suggestion"]["value"] == "stop"
    assert "mostly_wrong" in mine["suggestion"]["why"]
    assert (mine["researchers"]["value"], mine["researchers"]["n"]) == ("0.0", "60")


def judges(scene: Scene) -> dict[str, dict[str, Any]]:
    return {row["name"] or row["key"]: row for row in get(scene, "/judges").json()["rows"]}


def test_kinds_of_judges_beside_the_ceiling(judged: Scene):
    found = judges(judged)
    # Of ada, ben and chi one pair of three agrees; eva agrees with ada and ben.
    assert (found["labelers"]["pairwise"]["value"], found["labelers"]["pairwise"]["n"]) == (pytest.approx(1 / 3), 180)
    assert found["researchers_labelers"]["pairwise_decided"]["value"] == pytest.approx(2 / 3)
    assert "1 more judgment" in found["researchers"]["pairwise"]["why"], "one researcher has no other"
    ceiling = get(judged, "/judges").json()["ceiling_decided"]
    # Most of chi's others disagree with chi; of ada's others two say the same.
    assert (ceiling["value"], ceiling["n"]) == (pytest.approx(3 / 4), 240)
    assert ceiling["low"] <= ceiling["value"] <= ceiling["high"]


def test_a_reward_model_stands_beside_the_labelers(judged: Scene):
    assert set(judges(judged)) == {"labelers", "researchers_labelers", "researchers"}
    good, silent = (
        ModelVersion.objects.create(name=name, kind="reward", path=f"/models/{name}") for name in ("good", "same")
    )
    for candidate in Candidate.objects.filter(prompt__in=Prompt.objects.order_by("pk")[:4]):
        score = -float(candidate.text.split()[2])
        CandidateScore.objects.create(candidate=candidate, model=good, score=score, run_id=good.pk)
        CandidateScore.objects.create(candidate=candidate, model=silent, score=0.0, run_id=good.pk)
    found = judges(judged)
    assert found["good"]["pairwise"] is None
    # Six pairs of four prompts, by ada, ben and chi: the model says what ada and ben say.
    assert (found["good"]["pairwise_decided"]["value"], found["good"]["pairwise_decided"]["n"]) == (
        pytest.approx(2 / 3),
        72,
    )
    assert found["same"]["pairwise_decided"]["value"] == pytest.approx(0.5)


def test_a_project_without_judgments_says_what_is_missing(scene: Scene):
    assert get(scene).json()["rows"] == []
    answer = get(scene, "/judges").json()
    assert "1 more" in answer["ceiling"]["why"]
    assert all(row["pairwise_decided"]["value"] is None for row in answer["rows"])
    assert not Judgment.objects.exists()


def labeler(**changes: Any) -> dict[str, Any]:
    def figure(value: float, n: int = 200) -> dict[str, Any]:
        return {"value": value, "low": value - 0.03, "high": value + 0.03, "n": n}

    fine = {"agreement": 0.75, "accuracy": 0.9, "worth": 0.5, "tie_bias": 0, "gold": 0.9, "constant": 0.9}
    return {name: figure(value) for name, value in (fine | changes).items()}


@pytest.mark.parametrize(
    "changes, what, codes",
    [
        ({}, "none", []),
        ({"worth": 0.01}, "stop", ["tells_nothing"]),
        ({"accuracy": 0.4}, "stop", ["mostly_wrong"]),
        ({"gold": 0.3}, "stop", ["gold_mostly_wrong"]),
        ({"gold": 0.7}, "retrain", ["gold_low"]),
        ({"gold": 0.73}, "none", []),
        ({"constant": 0.6}, "retrain", ["drifts"]),
        ({"agreement": 0.6}, "retrain", ["agrees_less"]),
        ({"tie_bias": 0.2}, "retrain", ["ties_often"]),
        ({"tie_bias": -0.2}, "retrain", ["ties_seldom"]),
        ({"worth": 0.01, "agreement": 0.6}, "stop", ["tells_nothing", "agrees_less"]),
    ],
)
def test_a_reason_is_a_figure_whose_whole_interval_lies_beyond_its_limit(
    changes: dict[str, float], what: str, codes: list[str]
):
    found = advise(labeler(**changes), 0.75)
    assert (found["what"], [reason["code"] for reason in found["reasons"]]) == (what, codes)


def test_typical_is_the_median_of_those_who_judged_enough():
    few = labeler(agreement=0.1)
    few["agreement"]["n"] = 10
    assert typical([labeler(agreement=0.6), labeler(agreement=0.7), labeler(agreement=0.8), few]) == 0.7
    assert typical([few]) is None


def test_rankings_give_each_labeler_a_weight(judged: Scene):
    found = rows(judged)
    ada, chi = (found[pseudonym(judged, name)]["weight"] for name in ("ada", "chi"))
    assert chi["high"] < 0 < 1 < ada["high"], "chi says the opposite of what the others say"
    assert ada["low"] > 0
    assert (ada["n"], chi["n"]) == (60, 60)
    lines = list(csv.DictReader(io.StringIO(get(judged, "/csv").content.decode().removeprefix("\ufeff"))))
    assert {line["labeler"] for line in lines if line["figure"] == "weight"} == set(found)
