"""GET /batches, /batches/ID and /batches/ID/items, and batches that go into review by themselves."""

import re
from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.accounts.models import Event
from labeling.collection.models import Assignment, Batch
from labeling.projects.models import Membership
from tests.collection.conftest import API, Scene, ids


def get(scene: Scene, batch: Batch, deed: str = "", by: str = "eva") -> dict:
    return scene.world.client(by).get(f"{API}/batches/{batch.pk}{deed}").json()


def let_undo_windows_pass() -> None:
    Assignment.objects.filter(state="submitted").update(submitted_at=datetime(2001, 1, 1, tzinfo=UTC))


def test_progress(scene: Scene):
    batch = scene.publish(tasks=2, overlap=2)
    scene.submit("ada", scene.next("ada"))
    scene.next("ben")
    page = get(scene, batch)
    assert page["slots"] == {"free": 2, "held": 1, "done": 1, "closed": 0}
    assert (page["tasks"], page["judgments"], page["status"]) == (2, 1, "open")


def test_into_review_when_all_is_done_and_no_undo_is_left(scene: Scene):
    batch = scene.publish(overlap=2)
    scene.submit("ada", scene.next("ada"))
    let_undo_windows_pass()
    assert get(scene, batch)["status"] == "open", "a slot is free"
    scene.submit("ben", scene.next("ben"))
    assert get(scene, batch)["status"] == "open", "the last answer can still be taken back"
    let_undo_windows_pass()
    page = get(scene, batch)
    assert page["status"] == "in_review"
    assert page["in_review_at"]
    get(scene, batch)
    assert Event.objects.filter(verb="batch.in_review").count() == 1


def test_closed_slots_do_not_hold_a_batch_up(scene: Scene):
    batch = scene.publish(tasks=1, overlap=2)
    scene.post("ada", scene.next("ada"), "skip", {"reason": "harmful"})
    assert get(scene, batch)["status"] == "in_review"


def test_an_undo_of_the_last_answer_keeps_it_open(scene: Scene):
    batch = scene.publish(overlap=1)
    mine = scene.next("ada")
    scene.submit("ada", mine)
    scene.post("ada", mine, "undo")
    let_undo_windows_pass()
    assert get(scene, batch)["status"] == "open"


def test_the_list_is_of_ones_projects_and_costs_the_same_for_any_number(scene: Scene):
    first = scene.publish()
    Batch.objects.create(project=scene.world.other_project, name="x", number=1, kind="demonstration", overlap=1)
    assert ids(scene.world.eva, "/batches") == [str(first.pk)]
    assert len(ids(scene.world.gil, "/batches")) == 2

    def queries() -> int:
        client = scene.world.eva
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{API}/batches").status_code == 200
        return len(captured)

    few = queries()
    for _ in range(5):
        scene.publish(tasks=2)
    assert queries() == few
    assert ids(scene.world.eva, "/batches?status=accepted") == []
    assert len(ids(scene.world.eva, f"/batches?project={scene.project.pk}")) == 6
    assert ids(scene.world.eva, f"/batches?project={scene.world.other_project.pk}") == []


def test_items_have_all_judgments_side_by_side(scene: Scene):
    batch = scene.publish("comparison", overlap=2)
    for name in ("ada", "ben"):
        scene.submit(name, scene.next(name))
    (item,) = get(scene, batch, "/items")["results"]
    assert [candidate["letter"] for candidate in item["candidates"]] == ["A", "B", "C", "D"]
    assert [candidate["model"] for candidate in item["candidates"]] == [f"model-{n}" for n in range(4)]
    pseudonyms = set(Membership.objects.filter(user__username__in=["ada", "ben"]).values_list("pseudonym", flat=True))
    assert {judgment["labeler"] for judgment in item["judgments"]} == pseudonyms
    for judgment in item["judgments"]:
        assert sorted(judgment["ranks"]) == [1, 2, 2, 3]
        assert [rating["candidate"] for rating in judgment["ratings"]] == [c["id"] for c in item["candidates"]]
        assert judgment["prompt_flags"] == {"ambiguous": True}
        assert judgment["response"] is None
    assert not re.search(r"\bada\b", str(item)), "as a word: an id may well hold these letters"


def test_items_have_demonstrations_and_skips(scene: Scene):
    batch = scene.publish(overlap=2)
    scene.submit("ada", scene.next("ada"), response="Once.")
    scene.post("ben", scene.next("ben"), "skip", {"reason": "unclear", "note": "What fox?"})
    (item,) = get(scene, batch, "/items")["results"]
    assert [judgment["response"] for judgment in item["judgments"]] == ["Once."]
    assert [(skip["reason"], skip["note"]) for skip in item["skips"]] == [("unclear", "What fox?")]


def test_what_was_undone_is_not_shown(scene: Scene):
    batch = scene.publish()
    mine = scene.next("ada")
    scene.submit("ada", mine)
    scene.post("ada", mine, "undo")
    (item,) = get(scene, batch, "/items")["results"]
    assert item["judgments"] == []


def test_items_cost_the_same_for_any_number(scene: Scene):
    def queries(batch: Batch) -> int:
        client = scene.world.eva
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"{API}/batches/{batch.pk}/items?limit=100")
        assert all(item["judgments"] for item in answer.json()["results"])
        return len(captured)

    def judged(tasks: int, labelers: list[str]) -> Batch:
        batch = scene.publish("comparison", tasks=tasks, overlap=len(labelers))
        for name in labelers:
            while (assignment := scene.next(name)) is not None:
                scene.submit(name, assignment)
        return batch

    assert queries(judged(1, ["ada"])) == queries(judged(5, ["ada", "ben", "chi"]))


def test_items_are_paged_in_their_order(scene: Scene):
    batch = scene.publish(tasks=5)
    client = scene.world.eva
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{API}/batches/{batch.pk}/items", {"limit": 2, "cursor": cursor}).json()
        seen += [item["task"] for item in page["results"]]
        cursor = page["next"]
    assert seen == [str(task.pk) for task in batch.tasks.order_by("position")]


def test_who_may(scene: Scene):
    batch = scene.publish()
    for name, status in {"": 401, "ada": 403, "hal": 403, "finn": 404, "gil": 200}.items():
        for path in ("", "/items"):
            assert scene.world.client(name).get(f"{API}/batches/{batch.pk}{path}").status_code == status, name
    assert scene.world.ada.get(f"{API}/batches").status_code == 403
