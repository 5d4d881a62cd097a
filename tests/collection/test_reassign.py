"""Taking a task from who holds it, for somebody else."""

from typing import Any

import pytest

from labeling.accounts.models import Event
from labeling.collection.models import Assignment, Judgment, Prompt, Slot, Task
from labeling.collection.services.reassign import reassign
from labeling.projects.models import Membership
from tests.collection.conftest import API, Scene, answer_to, while_uncommitted


def member(scene: Scene, name: str) -> Membership:
    return Membership.objects.get(project=scene.project, user__username=name)


def give(scene: Scene, held: dict[str, Any], to: str | None, by: str = "eva") -> Any:
    body = {"to": str(member(scene, to).pk) if to else None}
    return scene.world.client(by).post(f"{API}/assignments/{held['id']}/reassign", body, format="json")


def held_with_draft(scene: Scene, **fields: Any) -> dict[str, Any]:
    scene.publish(**fields)
    held = scene.next("ada")
    draft = {"revision": 0, "draft": {"response": "Half a tale"}}
    scene.world.ada.put(f"{API}/assignments/{held['id']}/draft", draft, format="json")
    return held


def takers(scene: Scene) -> list[str]:
    (task,) = Task.objects.all()
    return [taker["username"] for taker in scene.world.eva.get(f"{API}/tasks/{task.pk}/holds").json()["takers"]]


def test_it_comes_next_to_the_one_and_not_again_to_the_other(scene: Scene):
    held = held_with_draft(scene, tasks=2, overlap=1)
    elsewhere = scene.next("ben")
    answered = give(scene, held, "chi")
    assert answered.status_code == 200, answered.content
    assert [hold["state"] for hold in answered.json()["holds"]] == ["returned"]
    home = scene.world.chi.get(f"{API}/home").json()["projects"][0]
    assert (home["given"], home["returned"]) == (1, 0)
    assert scene.next("ada") is None
    got = scene.next("chi")
    assert (got["prompt"], got["draft"], got["returned"]) == (held["prompt"], {}, None)
    assert got["id"] != held["id"]
    scene.submit("chi", got)
    scene.submit("ben", elsewhere)
    assert Judgment.objects.count() == 2


def test_who_held_it_keeps_the_draft_and_is_told(scene: Scene):
    held = held_with_draft(scene)
    give(scene, held, "chi")
    kept = scene.world.ada.get(f"{API}/assignments/{held['id']}").json()
    assert (kept["state"], kept["taken_back"], kept["draft"]["response"]) == ("rejected", "reassigned", "Half a tale")
    beat = scene.post("ada", held, "heartbeat")
    assert (beat.status_code, beat.json()["taken_back"]) == (409, "reassigned")
    late = scene.post("ada", held, "submit", answer_to(held) | {"response": "A whole tale"})
    assert (late.status_code, late.json()["code"]) == (409, "reassigned")
    assert Assignment.objects.get(pk=held["id"]).draft["response"] == "A whole tale"


def test_given_to_nobody_it_is_free_for_all_others(scene: Scene):
    held = held_with_draft(scene, overlap=1)
    assert give(scene, held, None).status_code == 200
    assert scene.next("ada") is None
    assert scene.next("ben")["prompt"] == held["prompt"]


def test_what_was_loaded_ahead_and_what_came_back_can_be_given_too(scene: Scene):
    scene.publish(tasks=2, overlap=1)
    scene.next("ada")
    ahead = scene.next("ada", ahead=True)
    assert give(scene, ahead, "chi").status_code == 200
    again = scene.next("chi")
    assert again["prompt"] == ahead["prompt"]
    assert give(scene, again, "ben").status_code == 200
    assert scene.next("chi") is None
    assert scene.next("ben")["prompt"] == ahead["prompt"]


def test_who_does_not_want_it_hands_it_to_all(scene: Scene):
    held = held_with_draft(scene, overlap=1)
    give(scene, held, "chi")
    assert scene.next("ben") is None, "kept for chi"
    scene.post("chi", scene.next("chi"), "release")
    assert scene.next("ben")["prompt"] == held["prompt"]


def test_twice_is_once_and_to_another_is_refused(scene: Scene):
    held = held_with_draft(scene)
    assert [give(scene, held, "chi").status_code for _ in range(2)] == [200, 200]
    assert Assignment.objects.count() == 2
    assert Event.objects.filter(verb="assignment.reassigned").count() == 1
    refused = give(scene, held, "ben")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_held")


def test_too_late_for_what_is_submitted(scene: Scene):
    held = held_with_draft(scene)
    scene.submit("ada", held)
    refused = give(scene, held, "chi")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_held")
    assert Judgment.objects.count() == 1


def author(scene: Scene) -> None:
    Prompt.objects.update(author=scene.world.users["chi"])


def inactive(scene: Scene) -> None:
    type(scene.world.users["chi"]).objects.filter(username="chi").update(is_active=False)


def unqualified(scene: Scene) -> None:
    Membership.objects.filter(pk=member(scene, "chi").pk).update(qualified=False)


def other_pool(scene: Scene) -> None:
    Membership.objects.filter(pk=member(scene, "chi").pk).update(pool="held_out")


def had_it(scene: Scene) -> None:
    scene.post("chi", scene.next("chi"), "skip", {"reason": "unclear"})


@pytest.mark.parametrize("spoil", [author, inactive, unqualified, other_pool, had_it])
def test_not_to_somebody_who_may_not_do_it(scene: Scene, spoil: Any):
    held = held_with_draft(scene, overlap=2)
    assert "chi" in takers(scene)
    spoil(scene)
    assert "chi" not in takers(scene)
    refused = give(scene, held, "chi")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["to"])
    assert Assignment.objects.get(pk=held["id"]).state == "current"


def test_not_to_oneself_nor_to_another_projects_member(scene: Scene):
    held = held_with_draft(scene)
    assert give(scene, held, "ada").status_code == 400
    url = f"{API}/assignments/{held['id']}/reassign"
    foreign = Membership.objects.exclude(project=scene.project)[0]
    assert scene.world.eva.post(url, {"to": str(foreign.pk)}, format="json").status_code == 404


def test_not_when_its_batch_is_withdrawn(scene: Scene):
    held = held_with_draft(scene)
    batch = Task.objects.get().batch_id
    scene.world.eva.post(f"{API}/batches/{batch}/withdraw", {"reason": "Broken."}, format="json")
    assert give(scene, held, "chi").status_code == 409


@pytest.mark.parametrize(("by", "status"), [("ada", 403), ("finn", 404)])
def test_others_may_not(scene: Scene, by: str, status: int):
    held = held_with_draft(scene)
    assert give(scene, held, "chi", by).status_code == status


@pytest.mark.django_db(transaction=True)
def test_a_submission_of_this_moment_stays(scene: Scene):
    held = held_with_draft(scene, overlap=1)
    eva, chi, assignment = scene.world.users["eva"], member(scene, "chi"), Assignment.objects.get()

    def try_it() -> str:
        try:
            reassign(actor=eva, assignment=assignment, to=chi)
        except Exception as error:
            return type(error).__name__
        return ""

    _, said = while_uncommitted(lambda: scene.submit("ada", held), try_it)
    assert said == "ConflictError"
    assert (Judgment.objects.count(), Slot.objects.get().state) == (1, "done")


@pytest.mark.django_db(transaction=True)
def test_a_submission_that_comes_too_late_is_kept_as_a_draft(scene: Scene):
    held = held_with_draft(scene, overlap=1)
    eva, chi, assignment = scene.world.users["eva"], member(scene, "chi"), Assignment.objects.get()
    late = answer_to(held) | {"response": "Too late."}
    _, answer = while_uncommitted(
        lambda: reassign(actor=eva, assignment=assignment, to=chi), lambda: scene.post("ada", held, "submit", late)
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "reassigned")
    assert Assignment.objects.get(pk=held["id"]).draft["response"] == "Too late."
