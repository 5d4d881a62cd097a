"""A batch goes into review while its last answer is being changed: one of the two waits for the other."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from labeling.collection.models import Batch, BatchStatus, Judgment
from labeling.collection.services.advance_batches import advance_batches
from tests.collection.conftest import Scene, answer_to

pytestmark = pytest.mark.django_db(transaction=True)
SOMEONE_WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def last_answer_of_a_batch(scene: Scene) -> dict[str, Any]:
    scene.publish(overlap=1)
    mine = scene.next("ada")
    scene.submit("ada", mine, response="First.")
    return mine


def undo_window(scene: Scene, seconds: int) -> None:
    type(scene.project).objects.filter(pk=scene.project.pk).update(undo_seconds=seconds)


def while_uncommitted(deed: Callable[[], Any], other: Callable[[], Any]) -> tuple[Any, Any]:
    """Do `deed`; before it commits let `other` run into it, in a connection of its own. What the two answered."""
    answers: dict[str, Any] = {}

    def work() -> None:
        try:
            answers["other"] = other()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        answers["deed"] = deed()
        thread.start()
        end = time.monotonic() + 60
        waits = 0
        while not waits:
            assert thread.is_alive(), "the other went through without waiting"
            assert time.monotonic() < end, "the other neither waits nor ends"
            with connection.cursor() as cursor:
                cursor.execute(SOMEONE_WAITS)
                waits = cursor.fetchone()[0]
    thread.join(60)
    return answers["deed"], answers["other"]


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
