"""POST /assignments/ID/undo."""

from datetime import UTC, datetime

import pytest

from labeling.collection.models import Assignment, Batch, BatchStatus, Judgment, Slot
from tests.collection.conftest import API, Scene, answer_to


@pytest.mark.parametrize("kind", ["demonstration", "comparison"])
def test_undo_makes_it_current_again_with_what_was_submitted(scene: Scene, kind: str):
    scene.publish(kind)
    mine = scene.next("ada")
    body = answer_to(mine)
    scene.submit("ada", mine, **body)
    page = scene.post("ada", mine, "undo").json()
    assert (page["id"], page["state"], page["draft"], page["submitted"]) == (mine["id"], "current", body, None)
    assert page["undo_until"] is None
    assert list(Judgment.objects.order_by("revision").values_list("action", "current")) == [
        ("submit", False),
        ("undo", False),
    ]
    assert Slot.objects.filter(assignments=mine["id"]).get().state == "held"


def test_the_undone_submission_is_refused_and_a_new_one_taken(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    body = answer_to(mine)
    scene.submit("ada", mine, **body)
    scene.post("ada", mine, "undo")
    refused = scene.post("ada", mine, "submit", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "undone")
    scene.submit("ada", mine)
    last = Judgment.objects.get(current=True)
    assert (last.revision, last.action, last.supersedes.action) == (3, "submit", "undo")


def test_undo_twice_answers_as_once(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    scene.submit("ada", mine)
    first, second = (scene.post("ada", mine, "undo") for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert Judgment.objects.count() == 2


def test_what_was_current_steps_back(scene: Scene):
    scene.publish(tasks=3)
    mine = scene.next("ada")
    scene.submit("ada", mine)
    second, third = scene.next("ada"), scene.next("ada", ahead=True)
    scene.world.ada.put(
        f"{API}/assignments/{second['id']}/draft", {"revision": 0, "draft": {"response": "Begun"}}, format="json"
    )
    scene.post("ada", mine, "undo")
    states = dict(Assignment.objects.values_list("pk", "state"))
    assert {str(pk): state for pk, state in states.items()} == {
        mine["id"]: "current",
        second["id"]: "ahead",
        third["id"]: "released",
    }
    scene.submit("ada", mine)
    back = scene.next("ada")
    assert (back["id"], back["draft"]) == (second["id"], {"response": "Begun"})


def test_not_after_the_window(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    scene.submit("ada", mine)
    Assignment.objects.update(submitted_at=datetime(2001, 1, 1, tzinfo=UTC))
    refused = scene.post("ada", mine, "undo")
    assert (refused.status_code, refused.json()["code"]) == (409, "undo_window_over")
    assert Judgment.objects.get().current


def test_not_in_review(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    scene.submit("ada", mine)
    Batch.objects.update(status=BatchStatus.IN_REVIEW)
    assert scene.post("ada", mine, "undo").status_code == 409


def test_not_without_a_submit_and_not_by_others(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    refused = scene.post("ada", mine, "undo")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_submitted")
    scene.submit("ada", mine)
    for name in ("ben", "eva", "gil", "hal"):
        assert scene.post(name, mine, "undo").status_code == 404
    assert Judgment.objects.count() == 1
