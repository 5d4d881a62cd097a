"""Researchers accept and return work; nobody's decision is overwritten."""

import pytest

from labeling.collection.models import Assignment, Batch, Slot
from labeling.review.models import Verdict
from tests.cast import World
from tests.working import finish_batch, publish_demonstrations


@pytest.fixture
def batch(world: World) -> Batch:
    """A demonstration batch of two tasks, overlap 2, done by ada and ben: in review."""
    batch = publish_demonstrations(world, prompts=2)
    finish_batch(world, batch, "ada", "ben")
    return batch


def act(world: World, batch: Batch, deed: str, name: str = "eva", **body: object):
    return world.client(name).post(f"/api/v1/batches/{batch.pk}/{deed}", body, format="json")


def test_an_accepted_batch_stays_accepted_until_taken_back(world: World, batch: Batch):
    assert act(world, batch, "accept", note="Good.").json()["status"] == "accepted"
    again = act(world, batch, "accept")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_status")
    assert act(world, batch, "return", reasons="Too short.").status_code == 409
    assert act(world, batch, "withdraw-acceptance").json()["status"] == "in_review"
    assert [verdict.decision for verdict in Verdict.objects.order_by("created_at")] == ["accept", "withdraw"]


def test_an_unfinished_batch_cannot_be_accepted_but_closed_early(world: World):
    batch = publish_demonstrations(world, prompts=2)
    finish_batch(world, batch, "ada")
    assert act(world, batch, "accept").status_code == 409
    closed = act(world, batch, "close").json()
    assert (closed["status"], closed["slots"]["closed"], closed["judgments"]) == ("in_review", 2, 2)
    assert world.ben.post(f"/api/v1/projects/{world.project.pk}/tasks/next", {}, format="json").status_code == 204
    assert act(world, batch, "accept").json()["status"] == "accepted"


def test_returned_work_goes_to_its_labeler_first_with_the_reasons(world: World, batch: Batch):
    items = world.eva.get(f"/api/v1/batches/{batch.pk}/items").json()["results"]
    of_ada = Assignment.objects.filter(labeler=world.users["ada"]).values_list("judgments", flat=True)[0]
    assert act(world, batch, "return", reasons=" ").status_code == 400
    answer = act(world, batch, "return", reasons="Too short.", judgments=[str(of_ada)])
    assert (answer.json()["status"], answer.json()["slots"]["held"]) == ("returned", 1)
    shown = world.ada.post(f"/api/v1/projects/{world.project.pk}/tasks/next", {}, format="json").json()
    assert shown["returned"]["reasons"] == "Too short."
    assert shown["submitted"]["response"].startswith("An answer of ada"), "to go on from"
    assert world.ben.post(f"/api/v1/projects/{world.project.pk}/tasks/next", {}, format="json").status_code == 204

    body = {**shown["submitted"], "submission_id": "11111111-1111-4111-8111-111111111111", "response": "Longer now."}
    assert world.ada.post(f"/api/v1/assignments/{shown['id']}/submit", body, format="json").status_code == 200
    world.project.undo_seconds = 0
    world.project.save()
    assert world.eva.get(f"/api/v1/batches/{batch.pk}").json()["status"] == "in_review"
    assert len(items) == 2


def test_judgments_of_another_batch_cannot_be_returned(world: World, batch: Batch):
    other = publish_demonstrations(world, prompts=1, first=10)
    finish_batch(world, other, "ada", "ben")
    foreign = Assignment.objects.filter(task__batch=other).values_list("judgments", flat=True)[0]
    assert act(world, batch, "return", reasons="No.", judgments=[str(foreign)]).status_code == 400
    batch.refresh_from_db()
    assert batch.status in ("open", "in_review")
    assert not Verdict.objects.exists()


def test_a_rejected_judgment_opens_its_slot_to_others(world: World, batch: Batch):
    world.eva.get("/api/v1/batches")
    judgment = Assignment.objects.filter(labeler=world.users["ada"]).values_list("judgments", flat=True)[0]
    url = f"/api/v1/judgments/{judgment}/verdict"
    assert world.eva.post(url, {"decision": "reject"}, format="json").status_code == 400, "reasons are needed"
    assert world.eva.post(url, {"decision": "reject", "reasons": "Copied."}, format="json").status_code == 201
    assert Slot.objects.get(state="free").assignments.get(labeler=world.users["ada"]).state == "rejected"
    assert world.ada.post(f"/api/v1/projects/{world.project.pk}/tasks/next", {}, format="json").status_code == 204
    assert world.chi.post(f"/api/v1/projects/{world.project.pk}/tasks/next", {}, format="json").status_code == 200
    assert world.eva.post(url, {"decision": "accept"}, format="json").status_code == 409, "not current any more"
