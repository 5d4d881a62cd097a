"""GET /projects/ID/items: what divides people, and what is behind a mark in a chart."""

import csv
import io
import re
from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.collection.models import Judgment, Prompt, Task
from labeling.projects.models import Membership
from labeling.review.items import catch_up as catching_up
from labeling.review.items.models import ItemChange, ItemFigures
from tests.collection.conftest import API, OUTPUT_FLAGS, Scene
from tests.collection.conftest import scene as scene
from tests.collection.sets import answer_by_text

RANKS = {"ada": (1, 2, 3, 4), "ben": (1, 2, 3, 4), "chi": (4, 3, 2, 1)}


def items(scene: Scene, **asked: Any) -> list[dict[str, Any]]:
    return page(scene, **asked)["results"]


def page(scene: Scene, **asked: Any) -> Any:
    answer = scene.world.eva.get(f"{API}/projects/{scene.project.pk}/items", asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def pseudonym(scene: Scene, name: str) -> str:
    return Membership.objects.get(project=scene.project, user__username=name).pseudonym


def answer(scene: Scene, name: str, ranks: tuple[int, ...], **changes: Any) -> dict[str, Any]:
    """Take the next task and rank its outputs, by their texts, so; the ratings go with the ranks."""
    assignment = scene.next(name)
    assert assignment
    body = answer_by_text(assignment)
    ordered = [rating["candidate"] for rating in body["ratings"]]
    for rating, rank in zip(body["ratings"], ranks, strict=True):
        rating["overall"] = 8 - rank
    tiers = [[one for one, rank in zip(ordered, ranks, strict=True) if rank == tier] for tier in range(1, 5)]
    body["ranking"] = [tier for tier in tiers if tier]
    sent = scene.post(name, assignment, "submit", body | changes)
    assert sent.status_code == 200, sent.content
    return assignment


@pytest.fixture
def judged(scene: Scene) -> Scene:
    """Two tasks of four outputs: on the first all agree; on the second chi ranks the other way round."""
    scene.publish("comparison", tasks=2, overlap=3)
    for name, ranks in RANKS.items():
        answer(scene, name, (1, 2, 3, 4))
        answer(scene, name, ranks)
    return scene


def agreement_of(task: Task) -> float | None:
    """By hand: of each two of its labelers on each pair of its outputs, the share that says the same."""
    said = []
    for judgment in Judgment.objects.filter(assignment__task=task, current=True):
        ranks = list(judgment.comparison.ratings.order_by("candidate__order").values_list("rank", flat=True))
        said.append([(a > b) - (a < b) for a, b in combinations(ranks, 2)])
    pairs = [a == b for one, other in combinations(said, 2) for a, b in zip(one, other, strict=True)]
    return sum(pairs) / len(pairs) if pairs else None


def test_what_divides_people_most_comes_first(judged: Scene):
    divided, agreed = items(judged)
    assert (divided["agreement"], agreed["agreement"]) == (pytest.approx(1 / 3), 1)
    assert divided["judged"] == 3
    assert divided["agreement"] == pytest.approx(agreement_of(Task.objects.get(pk=divided["task"])))
    assert (divided["item"], divided["batch"]["number"]) == (2, 1)
    assert divided["excerpt"].startswith("Tell tale")
    shown = {ranking["labeler"]: ranking["ranks"] for ranking in divided["rankings"]}
    assert shown == {pseudonym(judged, name): list(ranks) for name, ranks in RANKS.items()}
    assert not re.search(r"\b(ada|ben|chi)\b", str(page(judged)))


def test_newest_first(judged: Scene):
    rows = items(judged, order="newest")
    assert [row["newest"] for row in rows] == sorted((row["newest"] for row in rows), reverse=True)
    assert len(rows) == 2


@pytest.mark.parametrize("order", ["divided", "newest"])
def test_pages_hold_each_item_once(judged: Scene, order: str, monkeypatch: pytest.MonkeyPatch):
    judged.publish("comparison", tasks=5, overlap=1)
    for _ in range(5):
        answer(judged, "ada", (1, 2, 3, 4))
    monkeypatch.setattr("labeling.review.items.page.items_page.__defaults__", ("", 2))
    whole, cursor = [], ""
    while True:
        found = page(judged, order=order, cursor=cursor)
        assert len(found["results"]) <= 2
        whole += [row["task"] for row in found["results"]]
        cursor = found["next"]
        if not cursor:
            break
    assert len(whole) == len(set(whole)) == 7


def test_a_later_answer_changes_the_figures(judged: Scene):
    assert items(judged)[0]["agreement"] == pytest.approx(1 / 3)
    task = Task.objects.get(pk=items(judged)[0]["task"])
    chi = task.assignments.get(labeler__username="chi")
    judged.project.undo_seconds = 600
    judged.project.save()
    undone = judged.world.chi.post(f"{API}/assignments/{chi.pk}/undo", {}, format="json")
    assert undone.status_code == 200, undone.content
    (row,) = [row for row in items(judged) if row["task"] == str(task.pk)]
    assert (row["judged"], row["agreement"]) == (2, 1)


def test_an_item_whose_only_answer_was_taken_back_is_gone(scene: Scene):
    scene.publish("comparison", tasks=1, overlap=1)
    assignment = answer(scene, "ada", (1, 2, 3, 4))
    assert len(items(scene)) == 1
    assert scene.post("ada", assignment, "undo").status_code == 200
    assert items(scene) == []
    assert not ItemFigures.objects.exists()


def test_many_changes_are_taken_in_by_and_by(judged: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(catching_up.catch_up, "__defaults__", (1,))
    assert ItemChange.objects.count() == 6, "a note for each judgment"
    seen = [page(judged)["waiting"] for _ in range(6)]
    assert seen == [5, 4, 3, 2, 1, 0]
    assert len(items(judged)) == 2


def test_a_worker_makes_figures_before_anybody_asks(judged: Scene):
    assert catching_up.catch_up_some()
    assert not catching_up.catch_up_some()
    assert ItemFigures.objects.count() == 2
    assert not ItemChange.objects.exists()
    assert page(judged)["waiting"] == 0


def test_one_process_makes_figures_at_a_time(judged: Scene):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"items {judged.project.pk}"])
        assert page(judged) == {"results": [], "next": None, "waiting": 6}
        assert not catching_up.catch_up_some(), "a worker leaves it to the other, and comes again"
    finally:
        other.close()
    assert len(items(judged)) == 2


@pytest.mark.parametrize(
    "asked, found",
    [
        ({"batch": 1}, 2),
        ({"batch": 2}, 0),
        ({"pool": "training"}, 2),
        ({"pool": "researcher"}, 0),
        ({"use_case": "chat"}, 1),
        ({"language": "fr"}, 1),
        ({"language": "de"}, 0),
        ({"agreement": "3"}, 1),
        ({"agreement": "10"}, 1),
        ({"agreement": "9"}, 0),
        ({"week": "2001-01-01"}, 0),
        ({"flag": OUTPUT_FLAGS[0]}, 0),
        ({"contradicting": True}, 0),
        ({"guideline": 1}, 0),
        ({"seconds": "0"}, 2),
        ({"seconds": "1"}, 0),
        ({"constant": True}, 0),
        ({"kind": "demonstration"}, 0),
        ({"length": "0"}, 0),
        ({"labeler": "nobody"}, 0),
    ],
)
def test_filters(judged: Scene, asked: dict[str, Any], found: int):
    first, second = Task.objects.order_by("position")
    Prompt.objects.filter(pk=first.prompt_id).update(use_case="chat", language="fr")
    Prompt.objects.filter(pk=second.prompt_id).update(use_case="open_qa")
    assert len(items(judged, **asked)) == found


def test_two_labelers_and_what_they_said(judged: Scene):
    ada, chi, ben = (pseudonym(judged, name) for name in ("ada", "chi", "ben"))
    assert len(items(judged, **{"labeler": ada, "with": chi})) == 2
    assert len(items(judged, **{"labeler": ada, "with": pseudonym(judged, "dov")})) == 0
    cell = {"labeler": ada, "with": chi}
    assert len(items(judged, cell="first-second", **cell)) == 1
    assert len(items(judged, cell="second-first", **cell)) == 0
    assert len(items(judged, cell="first-first", **cell)) == 1
    assert len(items(judged, cell="first-tie", **cell)) == 0
    assert len(items(judged, cell="first-second", **{"labeler": ada, "with": ben})) == 0


def test_flag_contradiction_position_and_length_are_of_the_labeler_asked_for(scene: Scene):
    scene.publish("comparison", tasks=1, overlap=2)
    flagged = scene.next("ada")
    body = answer_by_text(flagged)
    body["ratings"][3]["flags"] = {OUTPUT_FLAGS[1]: True}
    body["ratings"][3]["overall"], body["ratings"][0]["overall"] = 7, 1  # the last by rank is rated highest
    assert scene.post("ada", flagged, "submit", body).status_code == 200
    best = next(place for place, one in enumerate(flagged["candidates"], 1) if one["id"] == body["ranking"][0][0])
    answer(scene, "ben", (1, 1, 1, 4))
    ada, ben = pseudonym(scene, "ada"), pseudonym(scene, "ben")
    for asked in ({"flag": OUTPUT_FLAGS[1]}, {"contradicting": True}):
        assert len(items(scene, labeler=ada, **asked)) == 1
        assert len(items(scene, labeler=ben, **asked)) == 0
    assert items(scene)[0]["contradicting"] == 1
    assert {place for place in range(1, 10) if items(scene, labeler=ada, position=place)} == {best}
    assert len([place for place in range(1, 10) if items(scene, labeler=ben, position=place)]) == 3


def test_length(scene: Scene):
    scene.publish("comparison", tasks=1, overlap=1, prompts=scene.prompts(1, outputs=2), k=2)
    shown = scene.next("ada")
    assert shown
    # Outputs of 100 and of 160 characters: 1.6 times as long, in the bin from 1.5 to 2.
    from labeling.collection.models import Candidate

    short, long = Candidate.objects.order_by("order")
    Candidate.objects.filter(pk=short.pk).update(text="a" * 100)
    Candidate.objects.filter(pk=long.pk).update(text="b" * 160)
    body = answer_by_text(shown)
    sent = scene.post("ada", shown, "submit", body)
    assert sent.status_code == 200, sent.content
    assert len(items(scene, length="3")) == 1
    assert len(items(scene, length="2")) == 0
    assert {won for won in ("won", "lost") if items(scene, length="3", longer=won)} == {"lost"}


def test_demonstrations(scene: Scene):
    scene.publish("demonstration", tasks=1)
    assignment = scene.next("ada")
    scene.submit("ada", assignment)
    (row,) = items(scene, kind="demonstration", order="newest")
    assert (row["judged"], row["agreement"], row["rankings"][0]["ranks"]) == (1, None, [])


def test_what_is_asked_wrongly_is_refused(judged: Scene):
    path = f"{API}/projects/{judged.project.pk}/items"
    for asked, field in (
        ({"cell": "first-tie"}, "cell"),
        ({"longer": "won"}, "longer"),
        ({"order": "best"}, "order"),
        ({"cursor": "x"}, "cursor"),
        ({"week": "soon"}, "week"),
    ):
        refused = judged.world.eva.get(path, asked)
        assert refused.status_code == 400
        assert field in refused.json()["errors"]


def test_queries_do_not_grow_with_items(judged: Scene):
    page(judged)
    with CaptureQueriesContext(connection) as few:
        page(judged)
    judged.publish("comparison", tasks=4, overlap=3)
    for name in RANKS:
        for _ in range(4):
            answer(judged, name, (1, 2, 3, 4))
    page(judged)
    with CaptureQueriesContext(connection) as many:
        page(judged)
    assert len(many) == len(few)


def test_the_items_are_a_file_too(judged: Scene):
    answered = judged.world.eva.get(f"{API}/projects/{judged.project.pk}/items/csv", {"agreement": "3"})
    assert answered["Content-Disposition"] == 'attachment; filename="items.csv"'
    rows = list(csv.DictReader(io.StringIO(answered.content.decode("utf-8-sig"))))
    assert {row["labeler"]: row["ranks"] for row in rows} == {
        pseudonym(judged, name): " ".join(map(str, ranks)) for name, ranks in RANKS.items()
    }
    assert {row["judged"] for row in rows} == {"3"}


def test_screening_has_no_items(judged: Scene):
    Task.objects.update(purpose="screening")
    assert items(judged) == []
