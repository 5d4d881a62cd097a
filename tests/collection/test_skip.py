"""POST /assignments/ID/skip and release."""

import pytest

from labeling.collection.models import Assignment, Slot, Task
from tests.collection.conftest import Scene


def skip(scene: Scene, name: str, assignment: dict, reason: str = "unclear"):
    return scene.post(name, assignment, "skip", {"reason": reason, "note": "Too odd."})


def test_a_skip_frees_the_slot_for_others_only(scene: Scene):
    scene.publish(overlap=1)
    mine = scene.next("ada")
    answer = skip(scene, "ada", mine)
    assert (answer.status_code, answer.json()) == (200, {"state": "skipped"})
    skipped = Assignment.objects.get()
    assert (skipped.skip_reason, skipped.skip_note) == ("unclear", "Too odd.")
    assert scene.next("ada") is None
    assert scene.next("ben")


def test_a_skip_sent_twice_is_one(scene: Scene):
    scene.publish(overlap=1)
    mine = scene.next("ada")
    skip(scene, "ada", mine)
    assert skip(scene, "ada", mine).status_code == 200
    assert Assignment.objects.filter(state="skipped").count() == 1


def test_three_skips_send_the_task_to_researchers(scene: Scene):
    scene.publish(overlap=4)
    for name in ("ada", "ben"):
        skip(scene, name, scene.next(name))
    assert Task.objects.get().status == "open"
    third = scene.next("chi")
    skip(scene, "chi", third)
    assert Task.objects.get().status == "held"
    assert set(Slot.objects.values_list("state", flat=True)) == {"closed"}
    assert scene.next("eva") is None


@pytest.mark.parametrize("reason", ["harmful", "personal_data"])
def test_one_such_skip_is_enough_and_who_works_on_it_may_finish(scene: Scene, reason: str):
    scene.publish(overlap=3)
    theirs = scene.next("ben")
    skip(scene, "ada", scene.next("ada"), reason)
    assert Task.objects.get().status == "held"
    assert sorted(Slot.objects.values_list("state", flat=True)) == ["closed", "closed", "held"]
    scene.submit("ben", theirs)


def test_what_a_held_tasks_labeler_gives_up_is_closed(scene: Scene):
    scene.publish(overlap=2)
    theirs = scene.next("ben")
    skip(scene, "ada", scene.next("ada"), "harmful")
    scene.post("ben", theirs, "release")
    assert set(Slot.objects.values_list("state", flat=True)) == {"closed"}


def test_a_reason_is_needed(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    refused = scene.post("ada", mine, "skip", {"reason": "bored"})
    assert (refused.status_code, set(refused.json()["errors"])) == (400, {"reason"})
    assert Assignment.objects.get().state == "current"


@pytest.mark.parametrize("deed", ["skip", "release"])
def test_not_what_is_submitted_and_not_by_others(scene: Scene, deed: str):
    scene.publish()
    mine = scene.next("ada")
    for name in ("ben", "eva", "gil", "hal"):
        assert scene.post(name, mine, deed, {"reason": "unclear"}).status_code == 404
    assert Assignment.objects.get().state == "current"
    scene.submit("ada", mine)
    assert scene.post("ada", mine, deed, {"reason": "unclear"}).status_code == 409
    assert Assignment.objects.get().state == "submitted"


def test_released_work_keeps_its_draft_and_frees_its_slot(scene: Scene):
    scene.publish(overlap=1)
    mine = scene.next("ada")
    assert scene.post("ada", mine, "release").json() == {"state": "released"}
    assert scene.post("ada", mine, "release").json() == {"state": "released"}
    assert Slot.objects.get().state == "free"
