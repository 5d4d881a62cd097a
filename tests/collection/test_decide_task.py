"""Withdrawing a task, and giving one that was put aside back to labelers."""

import pytest

from labeling.accounts.models import Event
from labeling.collection.models import Assignment, Batch, BatchStatus, Judgment, Slot, SlotState, Task, TaskStatus
from tests.collection.conftest import API, Scene, while_uncommitted


def decide(scene: Scene, deed: str, name: str = "eva"):
    return scene.world.client(name).post(f"{API}/tasks/{Task.objects.get().pk}/{deed}")


def put_aside(scene: Scene) -> None:
    """One task that ada skipped as harmful, so that researchers have it."""
    scene.publish(overlap=2)
    assert scene.post("ada", scene.next("ada"), "skip", {"reason": "harmful"}).status_code == 200
    assert Task.objects.get().status == TaskStatus.HELD
    assert scene.next("ben") is None


def test_a_task_that_was_put_aside_is_given_to_others_again(scene: Scene):
    put_aside(scene)
    answered = decide(scene, "reopen")
    assert (answered.status_code, answered.json()["status"]) == (200, "open")
    assert scene.next("ada") is None, "who skipped it does not get it again"
    for name in ("ben", "chi"):
        scene.submit(name, scene.next(name))
    assert Judgment.objects.count() == 2
    assert Event.objects.filter(verb="task.reopened").get().data["slots"] == 2


def test_twice_is_once(scene: Scene):
    put_aside(scene)
    for deed in ("reopen", "withdraw"):
        assert [decide(scene, deed).status_code for _ in range(2)] == [200, 200]
    assert Event.objects.filter(verb__in=["task.reopened", "task.withdrawn"]).count() == 2


def test_skips_of_before_do_not_count_after(scene: Scene):
    scene.publish(overlap=3)
    for name in ("ada", "ben", "chi"):
        scene.post(name, scene.next(name), "skip", {"reason": "unclear"})
    assert Task.objects.get().status == TaskStatus.HELD
    decide(scene, "reopen")
    scene.post("eva", scene.next("eva"), "skip", {"reason": "unclear"})
    assert Task.objects.get().status == TaskStatus.OPEN


def test_a_withdrawn_task_ends_its_holds_and_keeps_drafts_and_work(scene: Scene):
    scene.publish(overlap=3)
    scene.submit("ada", scene.next("ada"))
    held = scene.next("ben")
    draft = {"revision": 0, "draft": {"response": "Half a tale"}}
    scene.world.ben.put(f"{API}/assignments/{held['id']}/draft", draft, format="json")
    assert decide(scene, "withdraw").json()["status"] == "withdrawn"
    assert scene.next("ben") is None
    assert scene.next("chi") is None
    kept = Assignment.objects.get(pk=held["id"])
    assert (kept.state, kept.draft["response"]) == ("released", "Half a tale")
    assert sorted(Slot.objects.values_list("state", flat=True)) == [SlotState.CLOSED, SlotState.CLOSED, SlotState.DONE]
    assert Judgment.objects.filter(current=True).count() == 1
    late = scene.post("ben", held, "submit", {"submission_id": held["id"], "response": "Half a tale"})
    assert late.status_code == 409


@pytest.mark.django_db(transaction=True)
def test_a_task_that_is_being_given_out_is_taken_back(scene: Scene):
    scene.publish(overlap=2)
    given, _ = while_uncommitted(lambda: scene.next("ada"), lambda: decide(scene, "withdraw"))
    assert Assignment.objects.get(pk=given["id"]).state == "released"
    assert set(Slot.objects.values_list("state", flat=True)) == {SlotState.CLOSED}


def test_a_batch_in_review_goes_back_to_its_labelers(scene: Scene):
    put_aside(scene)
    Batch.objects.update(status=BatchStatus.IN_REVIEW)
    decide(scene, "reopen")
    assert Batch.objects.get().status == BatchStatus.OPEN
    assert scene.next("ben") is not None


@pytest.mark.parametrize("deed", ["reopen", "withdraw"])
def test_not_in_a_batch_that_is_decided(scene: Scene, deed: str):
    put_aside(scene)
    Batch.objects.update(status=BatchStatus.ACCEPTED)
    refused = decide(scene, deed)
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_status")
    assert Task.objects.get().status == TaskStatus.HELD


def test_not_while_the_prompt_is_withdrawn(scene: Scene):
    put_aside(scene)
    prompt = Task.objects.get().prompt_id
    scene.world.eva.patch(f"{API}/prompts/{prompt}", {"withdrawn": True}, format="json")
    refused = decide(scene, "reopen")
    assert (refused.status_code, refused.json()["code"]) == (409, "prompt_withdrawn")


@pytest.mark.parametrize(("name", "status"), [("ada", 403), ("finn", 404)])
def test_others_may_not(scene: Scene, name: str, status: int):
    put_aside(scene)
    assert decide(scene, "reopen", name).status_code == status
    assert Task.objects.get().status == TaskStatus.HELD
