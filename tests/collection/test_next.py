"""POST /projects/ID/tasks/next: who gets which task."""

import pytest
from django.db import IntegrityError, transaction

from labeling.collection.models import Assignment, AssignmentState, Slot, SlotState
from labeling.projects.models import Guideline, Membership, Project
from tests.collection.conftest import API, Scene


def test_the_same_task_until_it_is_submitted(scene: Scene):
    scene.publish(tasks=2)
    first = scene.next("ada")
    assert scene.next("ada")["id"] == first["id"]
    scene.submit("ada", first)
    assert scene.next("ada")["id"] != first["id"]


def test_204_when_nothing_waits(scene: Scene):
    scene.publish(overlap=1)
    assert scene.next("ada")
    assert scene.next("ben") is None


def test_never_more_than_overlap(scene: Scene):
    scene.publish(tasks=1, overlap=2)
    assert scene.next("ada")
    assert scene.next("ben")
    assert scene.next("chi") is None


def test_first_judgments_of_all_tasks_before_second_ones(scene: Scene):
    scene.publish(tasks=2, overlap=2)
    tasks = [scene.next(name)["id"] for name in ("ada", "ben")]
    assert Assignment.objects.filter(pk__in=tasks).values("task").distinct().count() == 2


def test_a_task_once_a_labeler(scene: Scene):
    scene.publish(tasks=1, overlap=2)
    scene.submit("ada", scene.next("ada"))
    assert scene.next("ada") is None


def test_ahead_is_another_task_and_becomes_current(scene: Scene):
    scene.publish(tasks=3)
    current = scene.next("ada")
    ahead = scene.next("ada", ahead=True)
    assert ahead["id"] != current["id"]
    assert ahead["state"] == "ahead"
    assert scene.next("ada", ahead=True)["id"] == ahead["id"]
    scene.submit("ada", current)
    now = scene.next("ada")
    assert (now["id"], now["state"]) == (ahead["id"], "current")


def test_the_oldest_batch_first_whatever_its_kind(scene: Scene):
    scene.publish("comparison")
    scene.publish("demonstration")
    first = scene.next("ada")
    assert first["kind"] == "comparison"
    scene.submit("ada", first)
    assert scene.next("ada")["kind"] == "demonstration"


def test_kind_narrows_what_is_given(scene: Scene):
    scene.publish("comparison")
    assert scene.next("ada", kind="demonstration") is None
    assert scene.next("ada", kind="comparison")["kind"] == "comparison"


def test_only_the_pools_of_the_batch(scene: Scene):
    scene.publish(overlap=3, tasks=1)
    assert scene.next("dov") is None, "a held-out labeler never gets training work"
    scene.publish(pools=["held_out"], overlap=3)
    assert scene.next("dov")


def test_researchers_judge_in_their_pool(scene: Scene):
    scene.publish()
    assert scene.next("eva")


def test_not_the_unqualified_and_not_in_a_paused_project(scene: Scene):
    scene.publish(tasks=4)
    Membership.objects.filter(user=scene.world.users["ada"]).update(qualified=False)
    assert scene.next("ada") is None
    held = scene.next("ben")
    Project.objects.filter(pk=scene.project.pk).update(paused=True)
    assert scene.next("chi") is None
    assert scene.next("ben")["id"] == held["id"], "what is in hand may be finished"


def test_never_own_prompts(scene: Scene):
    (prompt,) = scene.prompts(1)
    prompt.author = scene.world.users["ada"]
    prompt.save()
    scene.publish(prompts=[prompt], overlap=2)
    assert scene.next("ada") is None
    assert scene.next("ben")


def test_an_expired_task_goes_to_others_and_its_draft_stays(scene: Scene):
    scene.publish(tasks=1, overlap=1)
    mine = scene.next("ada")
    saved = scene.world.ada.put(
        f"{API}/assignments/{mine['id']}/draft", {"revision": 0, "draft": {"response": "Once"}}, format="json"
    )
    assert saved.status_code == 200
    scene.expire(mine)
    theirs = scene.next("ben")
    assert theirs["id"] != mine["id"]
    assert theirs["draft"] == {}
    assert scene.next("ada") is None
    assert scene.world.ada.get(f"{API}/assignments/{mine['id']}").json()["draft"] == {"response": "Once"}


def test_own_expired_work_is_taken_up_again_before_new_work(scene: Scene):
    scene.publish(tasks=3, overlap=1)
    mine = scene.next("ada")
    scene.world.ada.put(
        f"{API}/assignments/{mine['id']}/draft", {"revision": 0, "draft": {"response": "Once"}}, format="json"
    )
    scene.expire(mine)
    scene.next("ben")  # frees it, and takes the first free task: that very one
    again = scene.next("ada")
    assert again["id"] != mine["id"]
    other = scene.next("chi")
    scene.expire(other)
    assert scene.next("chi")["id"] == other["id"]


def test_work_taken_up_again_may_have_another_slot(scene: Scene):
    scene.publish(tasks=1, overlap=2)
    mine = scene.next("ada")
    scene.expire(mine)
    scene.next("ben")
    again = scene.next("ada")
    assert again["id"] == mine["id"]
    live = Assignment.objects.filter(state=AssignmentState.CURRENT)
    assert live.values("slot").distinct().count() == 2
    assert set(Slot.objects.values_list("state", flat=True)) == {SlotState.HELD}


def test_a_released_task_comes_back_last(scene: Scene):
    scene.publish(tasks=2, overlap=1)
    first = scene.next("ada")
    assert scene.post("ada", first, "release").json() == {"state": "released"}
    second = scene.next("ada")
    assert second["id"] != first["id"]
    scene.submit("ada", second)
    assert scene.next("ada")["id"] == first["id"]


def test_the_guideline_must_be_acknowledged_where_the_project_says_so(scene: Scene):
    Project.objects.filter(pk=scene.project.pk).update(require_acknowledgement=True)
    guideline = Guideline.objects.create(project=scene.project, kind="demonstration", version=1, text="Be kind.")
    scene.publish()
    refused = scene.world.ada.post(f"{API}/projects/{scene.project.pk}/tasks/next")
    assert refused.status_code == 409
    assert refused.json()["code"] == "guideline_not_acknowledged"
    assert refused.json()["guideline"] == str(guideline.pk)
    assert not Assignment.objects.exists()
    assert not Slot.objects.exclude(state=SlotState.FREE).exists()
    scene.world.ada.post(f"{API}/guidelines/{guideline.pk}/acknowledge")
    assert scene.next("ada")["guideline"] == {
        "id": str(guideline.pk),
        "version": 1,
        "text": "Be kind.",
        "examples": [],
    }


def test_the_versions_of_the_day_are_pinned(scene: Scene):
    Guideline.objects.create(project=scene.project, kind="demonstration", version=1, text="First.")
    scene.publish()
    mine = scene.next("ada")
    Guideline.objects.create(project=scene.project, kind="demonstration", version=2, text="Second.")
    again = scene.next("ada")
    assert again["guideline"] == mine["guideline"]
    assert again["rubric"]["version"] == 1


def test_others_are_refused(scene: Scene):
    scene.publish()
    url = f"{API}/projects/{scene.project.pk}/tasks/next"
    assert scene.world.hal.post(url).status_code == 404
    assert scene.world.finn.post(url).status_code == 404
    assert scene.world.gil.post(url).status_code == 403, "an admin who is no member sees it and has no tasks"
    assert scene.world.client("").post(url).status_code == 401
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("state", ["current", "ahead"])
def test_the_database_refuses_a_second_hold(scene: Scene, state: str):
    scene.publish(tasks=2)
    scene.next("ada")
    scene.next("ada", ahead=True)
    theirs = Assignment.objects.get(pk=scene.next("ben")["id"])
    theirs.labeler = scene.world.users["ada"]
    theirs.state = state
    with pytest.raises(IntegrityError), transaction.atomic():
        theirs.save()


def test_the_database_refuses_two_on_one_slot(scene: Scene):
    scene.publish(tasks=2)
    mine, theirs = (Assignment.objects.get(pk=scene.next(name)["id"]) for name in ("ada", "ben"))
    theirs.slot = mine.slot
    with pytest.raises(IntegrityError), transaction.atomic():
        theirs.save()


def test_deactivation_frees_what_was_held(scene: Scene):
    scene.publish(tasks=2, overlap=1)
    scene.next("ada")
    scene.next("ada", ahead=True)
    ada = scene.world.users["ada"]
    assert scene.world.gil.patch(f"{API}/users/{ada.pk}", {"is_active": False}, format="json").status_code == 200
    assert set(Slot.objects.values_list("state", flat=True)) == {SlotState.FREE}
    assert scene.next("ben")
