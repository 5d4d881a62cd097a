"""Withdrawing a batch, and taking that back; and what runs into it at the same moment."""

from typing import Any

import pytest

from labeling.accounts.models import Event
from labeling.collection.models import Assignment, Batch, BatchStatus, Judgment, Slot, Task
from labeling.collection.services.advance_batches import advance_batches
from labeling.collection.services.withdraw_batch import withdraw_batch
from labeling.datasets.reading import Reading
from labeling.review.services import accept_batch
from labeling.review.verdicts import judge_judgment
from tests.collection.conftest import API, Scene, answer_to, while_uncommitted


def withdraw(scene: Scene, name: str = "eva", reason: str = "The outputs are broken.") -> Any:
    url = f"{API}/batches/{Batch.objects.get().pk}/withdraw"
    return scene.world.client(name).post(url, {"reason": reason}, format="json")


def reopen(scene: Scene, name: str = "eva") -> Any:
    return scene.world.client(name).post(f"{API}/batches/{Batch.objects.get().pk}/reopen")


def slots() -> dict[str, int]:
    states = list(Slot.objects.values_list("state", flat=True))
    return {state: states.count(state) for state in sorted(set(states))}


def under_way(scene: Scene) -> dict[str, Any]:
    """Two tasks, overlap 2: ada has done one, ben holds one with a draft, which is answered."""
    scene.publish(tasks=2, overlap=2)
    scene.submit("ada", scene.next("ada"))
    held = scene.next("ben")
    draft = {"revision": 0, "draft": {"response": "Half a tale"}}
    scene.world.ben.put(f"{API}/assignments/{held['id']}/draft", draft, format="json")
    return held


def test_holds_end_and_drafts_and_judgments_stay(scene: Scene):
    held = under_way(scene)
    answered = withdraw(scene)
    assert (answered.status_code, answered.json()["status"]) == (200, "withdrawn")
    assert answered.json()["withdrawn_reason"] == "The outputs are broken."
    assert slots() == {"closed": 3, "done": 1}
    assert [scene.next(name) for name in ("ada", "ben", "chi")] == [None] * 3
    kept = scene.world.ben.get(f"{API}/assignments/{held['id']}").json()
    assert (kept["state"], kept["taken_back"], kept["draft"]["response"]) == ("released", "withdrawn", "Half a tale")
    refused = scene.post("ben", held, "submit", answer_to(held) | {"response": "A whole tale"})
    assert (refused.status_code, refused.json()["code"]) == (409, "withdrawn")
    assert Assignment.objects.get(pk=held["id"]).draft["response"] == "A whole tale"
    items = scene.world.eva.get(f"{API}/batches/{Batch.objects.get().pk}/items").json()["results"]
    assert sum(len(item["judgments"]) for item in items) == 1
    assert list(Reading(scene.project, "demonstrations").lines()) == []


def test_what_was_submitted_is_not_corrected_or_undone_any_more(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    scene.submit("ada", mine)
    withdraw(scene)
    late = scene.post("ada", mine, "submit", answer_to(mine) | {"response": "Better."})
    assert (late.status_code, late.json()["code"]) == (409, "withdrawn")
    assert scene.post("ada", mine, "undo").status_code == 409
    assert scene.world.ada.get(f"{API}/assignments/{mine['id']}").json()["undo_until"] is None, "nor is it offered"
    assert scene.world.ada.get(f"{API}/assignments").json()["results"][0]["undo_until"] is None


def test_twice_is_once(scene: Scene):
    under_way(scene)
    first, second = withdraw(scene), withdraw(scene, reason="Another reason.")
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    first, second = reopen(scene), reopen(scene)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert Event.objects.filter(verb__in=["batch.withdrawn", "batch.reopened"]).count() == 2


def test_taken_back_it_goes_on_where_it_was(scene: Scene):
    held = under_way(scene)
    withdraw(scene)
    answered = reopen(scene).json()
    assert (answered["status"], answered["withdrawn_at"], answered["withdrawn_reason"]) == ("open", None, "")
    assert slots() == {"done": 1, "free": 3}
    again = {assignment["id"]: assignment for assignment in (scene.next("ben"), scene.next("ben", ahead=True))}
    assert again[held["id"]]["draft"]["response"] == "Half a tale"
    assert again[held["id"]]["taken_back"] == ""


def test_a_task_that_was_withdrawn_by_itself_stays_so(scene: Scene):
    scene.publish(tasks=2, overlap=1)
    first = Task.objects.order_by("position")[0]
    scene.world.eva.post(f"{API}/tasks/{first.pk}/withdraw")
    withdraw(scene)
    reopen(scene)
    assert slots() == {"closed": 1, "free": 1}
    scene.submit("ada", scene.next("ada"))
    assert scene.next("ada") is None


def test_a_prompt_that_was_withdrawn_meanwhile_stays_out(scene: Scene):
    scene.publish(tasks=2, overlap=1)
    withdraw(scene)
    prompt = Task.objects.order_by("position")[0].prompt_id
    scene.world.eva.patch(f"{API}/prompts/{prompt}", {"withdrawn": True}, format="json")
    reopen(scene)
    assert slots() == {"closed": 1, "free": 1}


def test_from_review_back_into_review(scene: Scene):
    scene.publish(overlap=2)
    scene.submit("ada", scene.next("ada"))
    batch = Batch.objects.get()
    scene.world.eva.post(f"{API}/batches/{batch.pk}/close")
    withdraw(scene)
    assert reopen(scene).json()["status"] == "in_review"
    assert slots() == {"closed": 1, "done": 1}, "what was closed early stays closed"


def test_an_empty_reason_is_refused(scene: Scene):
    scene.publish()
    refused = withdraw(scene, reason=" ")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["reason"])


@pytest.mark.parametrize("deed", [withdraw, reopen])
def test_not_once_it_is_accepted(scene: Scene, deed: Any):
    scene.publish()
    Batch.objects.update(status=BatchStatus.ACCEPTED)
    refused = deed(scene)
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_status")


def test_nothing_is_decided_about_what_is_withdrawn(scene: Scene):
    under_way(scene)
    withdraw(scene)
    batch, judgment = Batch.objects.get(), Judgment.objects.get()
    body = {"decision": "reject", "reasons": "No.", "reason": "No."}
    for url in (f"batches/{batch.pk}/accept", f"batches/{batch.pk}/close", f"judgments/{judgment.pk}/verdict"):
        assert scene.world.eva.post(f"{API}/{url}", body, format="json").status_code == 409, url
    for task in Task.objects.all():
        assert scene.world.eva.post(f"{API}/tasks/{task.pk}/reopen").status_code == 409
    assert slots() == {"closed": 3, "done": 1}


@pytest.mark.parametrize(("name", "status"), [("ada", 403), ("finn", 404)])
@pytest.mark.parametrize("deed", [withdraw, reopen])
def test_others_may_not(scene: Scene, deed: Any, name: str, status: int):
    scene.publish()
    assert deed(scene, name).status_code == status
    assert Batch.objects.get().status == BatchStatus.OPEN


class TestRaces:
    pytestmark = pytest.mark.django_db(transaction=True)

    @staticmethod
    def withdraw(scene: Scene) -> Batch:
        return withdraw_batch(actor=scene.world.users["eva"], batch=Batch.objects.get(), reason="Broken.")

    def test_a_submission_of_this_moment_stays(self, scene: Scene):
        held = under_way(scene)
        while_uncommitted(lambda: scene.submit("ben", held), lambda: self.withdraw(scene))
        assert Judgment.objects.filter(current=True).count() == 2
        assert slots() == {"closed": 2, "done": 2}
        assert Assignment.objects.get(pk=held["id"]).state == "submitted"

    def test_a_submission_that_comes_too_late_is_kept_as_a_draft(self, scene: Scene):
        held = under_way(scene)
        late = answer_to(held) | {"response": "Too late."}
        _, answer = while_uncommitted(lambda: self.withdraw(scene), lambda: scene.post("ben", held, "submit", late))
        assert (answer.status_code, answer.json()["code"]) == (409, "withdrawn")
        assert Assignment.objects.get(pk=held["id"]).draft["response"] == "Too late."

    def test_a_task_that_is_being_given_out_is_taken_back(self, scene: Scene):
        under_way(scene)
        given, _ = while_uncommitted(lambda: scene.next("chi"), lambda: self.withdraw(scene))
        assert Assignment.objects.get(pk=given["id"]).state == "released"
        assert slots() == {"closed": 3, "done": 1}

    def test_review_waits_and_finds_nothing(self, scene: Scene):
        scene.publish(overlap=1)
        scene.submit("ada", scene.next("ada"))
        type(scene.project).objects.filter(pk=scene.project.pk).update(undo_seconds=0)
        _, moved = while_uncommitted(lambda: self.withdraw(scene), advance_batches)
        assert moved == 0
        assert Batch.objects.get().status == BatchStatus.WITHDRAWN

    def test_a_verdict_of_this_moment_stands(self, scene: Scene):
        under_way(scene)
        eva, judgment = scene.world.users["eva"], Judgment.objects.get()

        def reject() -> Any:
            return judge_judgment(actor=eva, judgment=judgment, decision="reject", reasons="No.")

        while_uncommitted(reject, lambda: self.withdraw(scene))
        assert judgment.verdicts.count() == 1
        assert slots() == {"closed": 4}

    def test_acceptance_and_withdrawal_do_not_both_count(self, scene: Scene):
        scene.publish(overlap=1)
        scene.submit("ada", scene.next("ada"))
        Batch.objects.update(status=BatchStatus.IN_REVIEW)
        eva = scene.world.users["eva"]

        def try_it() -> str:
            try:
                self.withdraw(scene)
            except Exception as error:
                return type(error).__name__
            return ""

        _, said = while_uncommitted(lambda: accept_batch(actor=eva, batch=Batch.objects.get()), try_it)
        assert said == "ConflictError"
        assert Batch.objects.get().status == BatchStatus.ACCEPTED
