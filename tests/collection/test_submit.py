"""POST /assignments/ID/submit: complete answers, once, however often they are sent."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from labeling.accounts.models import Event
from labeling.collection.models import Assignment, Batch, BatchStatus, Judgment, Rating, Slot
from tests.collection.conftest import API, Scene, answer_to


def test_a_demonstration(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    answer = scene.submit("ada", mine, response=" As typed.\n", prompt_flags={"ambiguous": True})
    judgment = Judgment.objects.get()
    assert judgment.demonstration.response == " As typed.\n"
    assert (judgment.revision, judgment.action, judgment.pool, judgment.current) == (1, "submit", "training", True)
    assert judgment.rubric == scene.rubric
    assert answer["judgment"] == str(judgment.pk)
    assert answer["state"] == "submitted"
    assert Slot.objects.get(assignments=mine["id"]).state == "done"
    assert Event.objects.filter(verb="judgment.submit", object_id=str(judgment.pk)).count() == 1


def test_a_comparison_stores_ratings_ranks_and_places(scene: Scene):
    scene.publish("comparison")
    mine = scene.next("ada")
    body = answer_to(mine)
    scene.submit("ada", mine, **body)
    ratings = {str(blind.pk): Rating.objects.get(candidate=blind.candidate) for blind in blinds(mine)}
    shown = [ratings[candidate["id"]] for candidate in mine["candidates"]]
    assert [rating.position for rating in shown] == [0, 1, 2, 3]
    assert [rating.rank for rating in shown] == [1, 2, 2, 3]
    assert [rating.overall for rating in shown] == [7, 6, 5, 4]
    assert shown[2].flags == {"hallucination": True}
    page = scene.world.ada.get(f"{API}/assignments/{mine['id']}").json()
    assert page["submitted"] == body, "the same body is made again from what is stored"


def blinds(assignment: dict) -> Any:
    return Assignment.objects.get(pk=assignment["id"]).blind_candidates.select_related("candidate")


def test_active_seconds_are_at_most_the_servers_own(scene: Scene):
    scene.publish()
    scene.submit("ada", scene.next("ada"), active_seconds=1e6)
    judgment = Judgment.objects.get()
    assert judgment.active_seconds_sent == 1e6
    took = (judgment.created_at - judgment.assignment.started_at).total_seconds()
    assert judgment.active_seconds == took


def test_the_same_again_answers_as_the_first_time(scene: Scene):
    scene.publish("comparison")
    mine = scene.next("ada")
    body = answer_to(mine)
    first = scene.post("ada", mine, "submit", body)
    again = scene.post("ada", mine, "submit", dict(reversed(body.items())))
    assert (again.status_code, again.json()) == (200, first.json())
    assert Judgment.objects.count() == 1


def test_another_body_under_the_same_id_is_refused(scene: Scene):
    scene.publish()
    mine = scene.next("ada")
    body = answer_to(mine)
    scene.post("ada", mine, "submit", body)
    refused = scene.post("ada", mine, "submit", body | {"response": "Something else."})
    assert (refused.status_code, refused.json()["code"]) == (409, "submission_differs")
    assert Judgment.objects.get().demonstration.response == body["response"]


def test_a_correction_is_a_new_revision_until_review(scene: Scene):
    scene.publish(overlap=1)
    mine = scene.next("ada")
    first = scene.submit("ada", mine)
    second = scene.submit("ada", mine, response="Better.")
    assert first["judgment"] != second["judgment"]
    old, new = Judgment.objects.order_by("revision")
    assert (old.current, new.current, new.action, new.supersedes) == (False, True, "correct", old)
    Batch.objects.update(status=BatchStatus.IN_REVIEW)
    refused = scene.post("ada", mine, "submit", answer_to(mine) | {"response": "Too late."})
    assert (refused.status_code, refused.json()["code"]) == (409, "in_review")
    assert Judgment.objects.count() == 2
    assert Assignment.objects.get().draft["response"] == "Too late."


def test_returned_work_is_offered_first_and_corrected(scene: Scene):
    scene.publish(tasks=2)
    mine = scene.next("ada")
    scene.submit("ada", mine)
    scene.next("ada")
    give_back(mine)
    Assignment.objects.filter(state="current").update(state="released")
    again = scene.next("ada")
    assert (again["id"], again["state"], again["returned"]["reasons"]) == (mine["id"], "current", "Too short.")
    scene.submit("ada", again, response="Longer.")
    assert Judgment.objects.get(current=True).action == "correct"


def give_back(assignment: dict) -> None:
    from django.utils import timezone

    Assignment.objects.filter(pk=assignment["id"]).update(
        state="returned", returned_at=timezone.now(), return_reasons="Too short."
    )
    Slot.objects.filter(assignments=assignment["id"]).update(state="held")
    Batch.objects.update(status=BatchStatus.RETURNED)


def test_returned_work_keeps_its_slot_when_its_lease_ends(scene: Scene):
    scene.publish(overlap=1)
    mine = scene.next("ada")
    scene.submit("ada", mine)
    give_back(mine)
    scene.expire(scene.next("ada"))
    assert scene.next("ben") is None
    assert Assignment.objects.get().state == "returned"
    assert Slot.objects.get().state == "held"


def test_after_expiry_it_is_taken_while_a_slot_is_free(scene: Scene):
    scene.publish(tasks=1, overlap=2)
    mine = scene.next("ada")
    scene.expire(mine)
    scene.next("ben")
    scene.submit("ada", mine)
    assert sorted(Slot.objects.values_list("state", flat=True)) == ["done", "held"]


def test_after_expiry_without_a_slot_the_text_is_kept(scene: Scene):
    scene.publish(tasks=1, overlap=1)
    mine = scene.next("ada")
    scene.expire(mine)
    scene.next("ben")
    body = answer_to(mine)
    refused = scene.post("ada", mine, "submit", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_free_slot")
    assert not Judgment.objects.exists()
    assert scene.world.ada.get(f"{API}/assignments/{mine['id']}").json()["draft"] == body


@pytest.mark.parametrize("state", ["skipped", "rejected"])
def test_what_was_decided_stays(scene: Scene, state: str):
    scene.publish()
    mine = scene.next("ada")
    Assignment.objects.update(state=state)
    refused = scene.post("ada", mine, "submit", answer_to(mine))
    assert (refused.status_code, refused.json()["code"]) == (409, f"was_{state}")
    assert not Judgment.objects.exists()


INCOMPLETE = {
    "a rating is missing": (lambda body: body["ratings"].pop(), "ratings", "not rated"),
    "a rating without a number": (lambda body: body["ratings"][0].update(overall=None), "ratings", "from 1 to 7"),
    "a rating of 8": (lambda body: body["ratings"][0].update(overall=8), "ratings", "not 8"),
    "a rating of 0": (lambda body: body["ratings"][0].update(overall=0), "ratings", "not 0"),
    "rated twice": (lambda body: body["ratings"].append(body["ratings"][0]), "ratings", "twice"),
    "an unknown flag": (lambda body: body["ratings"][0].update(flags={"is_gold": True}), "ratings", "is_gold"),
    "a foreign candidate rated": (
        lambda body: body["ratings"][0].update(candidate=str(uuid.uuid4())), "ratings", "no output of this task",
    ),
    "no ratings": (lambda body: body.pop("ratings"), "ratings", "not rated"),
    "an unknown prompt flag": (lambda body: body.update(prompt_flags={"x": True}), "prompt_flags", "x"),
    "the ranking leaves one out": (lambda body: body["ranking"].pop(), "ranking", "1 of the 4"),
    "the ranking repeats one": (lambda body: body["ranking"].append(body["ranking"][0]), "ranking", "two places"),
    "the ranking invents one": (lambda body: body["ranking"].append([str(uuid.uuid4())]), "ranking", "no outputs"),
    "an empty tier": (lambda body: body["ranking"].append([]), "ranking", "empty"),
    "no ranking": (lambda body: body.pop("ranking"), "ranking", "4 of the 4"),
}  # fmt: skip


@pytest.mark.parametrize("what", INCOMPLETE)
def test_an_incomplete_comparison_is_refused_in_words(scene: Scene, what: str):
    scene.publish("comparison")
    mine = scene.next("ada")
    body = answer_to(mine)
    change, field, words = INCOMPLETE[what]
    change(body)
    refused = scene.post("ada", mine, "submit", body)
    assert refused.status_code == 400, refused.content
    assert words in str(refused.json()["errors"][field])
    assert not Judgment.objects.exists()
    assert Assignment.objects.get().state == "current"


@pytest.mark.parametrize("response", ["", "  \n", None, "x" * 50_001])
def test_an_empty_or_endless_demonstration_is_refused(scene: Scene, response: str | None):
    scene.publish()
    mine = scene.next("ada")
    body = answer_to(mine) | {"response": response}
    if response is None:
        del body["response"]
    refused = scene.post("ada", mine, "submit", body)
    assert refused.status_code == 400
    assert "response" in refused.json()["errors"]
    assert not Judgment.objects.exists()


@pytest.mark.parametrize("changes", [{"submission_id": "x"}, {"active_seconds": -1}, {"prompt_flags": []}])
def test_wrong_types_are_refused_by_field(scene: Scene, changes: dict):
    scene.publish()
    mine = scene.next("ada")
    refused = scene.post("ada", mine, "submit", answer_to(mine) | changes)
    assert refused.status_code == 400
    assert set(refused.json()["errors"]) == set(changes)


def test_another_assignments_candidates_are_refused(scene: Scene):
    scene.publish("comparison", overlap=2)
    mine, theirs = scene.next("ada"), scene.next("ben")
    refused = scene.post("ada", mine, "submit", answer_to(theirs))
    assert refused.status_code == 400
    assert not Judgment.objects.exists()


@pytest.mark.parametrize("name", ["ben", "eva", "gil", "hal"])
def test_only_the_labeler_may_submit(scene: Scene, name: str):
    scene.publish()
    mine = scene.next("ada")
    assert scene.post(name, mine, "submit", answer_to(mine)).status_code == 404
    assert not Judgment.objects.exists()


def test_judgments_are_append_only_in_the_database(scene: Scene):
    scene.publish("comparison")
    scene.submit("ada", scene.next("ada"))
    for statement in (
        "UPDATE collection_judgment SET active_seconds = 9",
        "DELETE FROM collection_judgment",
        "UPDATE collection_rating SET overall = 1",
        "DELETE FROM collection_rating",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(comparison=Judgment.objects.get().comparison, candidate=Rating.objects.first().candidate,
                              rank=1, position=0)  # fmt: skip
