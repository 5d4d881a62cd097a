"""A batch goes into review while its last answer is being changed: one of the two waits for the other."""

import threading
from typing import Any

import pytest
from django.db import connection

from labeling.collection.models import Batch, BatchStatus, Judgment
from labeling.collection.services.advance_batches import advance_batches
from tests.collection.conftest import Scene, answer_to, while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)


def last_answer_of_a_batch(scene: Scene) -> dict[str, Any]:
    scene.publish(overlap=1)
    mine = scene.next("ada")
    scene.submit("ada", mine, response="First.")
    return mine


def undo_window(scene: Scene, seconds: int) -> None:
    type(scene.project).objects.filter(pk=scene.project.pk).update(undo_seconds=seconds)


def test_a_correction_keeps_its_batch_out_of_review(scene: Scene):
    mine = last_answer_of_a_batch(scene)
    undo_window(scene, 0)  # ready for review, were it not for the correction

    def correct() -> Any:
        answer = scene.submit("ada", mine, response="Better.")
        undo_window(scene, 60)
        return answer

    _, moved = while_uncommitted(correct, advance_batches)
    assert moved == 0, "the correction has an undo window of its own"
    assert Batch.objects.get().status == BatchStatus.OPEN
    assert Judgment.objects.get(current=True).demonstration.response == "Better."


def test_a_correction_that_comes_too_late_is_refused_and_kept_as_a_draft(scene: Scene):
    mine = last_answer_of_a_batch(scene)
    undo_window(scene, 0)
    late = answer_to(mine) | {"response": "Too late."}
    moved, answer = while_uncommitted(advance_batches, lambda: scene.post("ada", mine, "submit", late))
    assert moved == 1
    assert (answer.status_code, answer.json()["code"]) == (409, "in_review")
    assert Judgment.objects.get(current=True).demonstration.response == "First."
    kept = scene.world.ada.get(f"/api/v1/assignments/{mine['id']}").json()
    assert kept["draft"]["response"] == "Too late."


def test_an_undo_that_comes_too_late_is_refused(scene: Scene):
    mine = last_answer_of_a_batch(scene)
    undo_window(scene, 0)
    moved, answer = while_uncommitted(advance_batches, lambda: scene.post("ada", mine, "undo"))
    assert moved == 1
    assert (answer.status_code, answer.json()["code"]) == (409, "undo_window_over")
    assert Batch.objects.get().status == BatchStatus.IN_REVIEW


def test_an_undo_at_the_end_of_its_window_keeps_its_batch_out_of_review(scene: Scene):
    mine = last_answer_of_a_batch(scene)

    def undo_as_the_window_ends() -> Any:
        answer = scene.post("ada", mine, "undo")
        # From elsewhere, so that it is over for who looks at batches now, while the undo is not committed yet.
        elsewhere = threading.Thread(target=lambda: (undo_window(scene, 0), connection.close()))
        elsewhere.start()
        elsewhere.join(60)
        return answer

    answer, moved = while_uncommitted(undo_as_the_window_ends, advance_batches)
    assert (answer.status_code, moved) == (200, 0)
    assert Batch.objects.get().status == BatchStatus.OPEN
    assert not Judgment.objects.filter(current=True).exists()
