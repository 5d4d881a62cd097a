"""Freezing while acceptances are withdrawn, references set and other snapshots frozen, none of it committed yet."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from labeling.accounts.models import Event
from labeling.collection.models import Batch, BatchStatus
from labeling.datasets.models import Snapshot
from labeling.datasets.recipe import Recipe
from labeling.datasets.services.freeze_snapshot import freeze_snapshot
from labeling.errors import ConflictError, InvalidError
from labeling.review.desk.references import set_reference
from labeling.review.services import withdraw_acceptance
from tests.cast import World
from tests.collection.conftest import while_uncommitted
from tests.working import finish_batch, publish_comparisons, publish_demonstrations

pytestmark = pytest.mark.django_db(transaction=True)


def accepted(world: World, batch: Batch) -> Batch:
    finish_batch(world, batch, "ada", "ben")
    assert world.eva.post(f"/api/v1/batches/{batch.pk}/accept", {}, format="json").status_code == 200
    return Batch.objects.get(pk=batch.pk)


def refused(deed: Any) -> Any:
    """Do it, and answer with the error that it raises."""

    def work() -> Exception | None:
        try:
            deed()
        except (ConflictError, InvalidError) as error:
            return error
        return None

    return work


def test_who_withdraws_while_a_snapshot_is_frozen_comes_too_late(world: World):
    batch = accepted(world, publish_demonstrations(world, prompts=2))
    snapshot, error = while_uncommitted(
        lambda: freeze_snapshot(actor=world.users["gil"], project=world.project, kind="demonstrations"),
        refused(lambda: withdraw_acceptance(actor=world.users["eva"], batch=batch)),
    )
    assert error.code == "frozen"
    batch.refresh_from_db()
    assert (batch.status, batch.frozen_at is not None) == (BatchStatus.ACCEPTED, True)
    assert snapshot.counts["records"] == 4


def test_what_is_withdrawn_while_it_is_frozen_does_not_enter(world: World):
    taken = accepted(world, publish_demonstrations(world, prompts=2))
    kept = accepted(world, publish_demonstrations(world, prompts=1, first=50))
    _, snapshot = while_uncommitted(
        lambda: withdraw_acceptance(actor=world.users["eva"], batch=taken),
        lambda: freeze_snapshot(actor=world.users["gil"], project=world.project, kind="demonstrations"),
    )
    behind = snapshot.records.values_list("judgment__assignment__task__batch", flat=True)
    assert set(behind) == {kept.pk}
    taken.refresh_from_db()
    assert (taken.status, taken.frozen_at) == (BatchStatus.IN_REVIEW, None)


def test_where_all_is_withdrawn_meanwhile_nothing_is_frozen(world: World):
    batch = accepted(world, publish_demonstrations(world, prompts=1))
    _, error = while_uncommitted(
        lambda: withdraw_acceptance(actor=world.users["eva"], batch=batch),
        refused(lambda: freeze_snapshot(actor=world.users["gil"], project=world.project, kind="demonstrations")),
    )
    assert isinstance(error, InvalidError)
    assert not Snapshot.objects.exists()
    assert not Event.objects.filter(verb="snapshot.frozen").exists()


def test_two_snapshots_of_one_batch_frozen_at_once_are_both_whole(world: World):
    batch = accepted(world, publish_comparisons(world, prompts=2))
    each, majority = Recipe(), Recipe(aggregation="majority")
    first, second = while_uncommitted(
        lambda: freeze_snapshot(actor=None, project=world.project, kind="comparisons", recipe=each),
        lambda: freeze_snapshot(actor=None, project=world.project, kind="comparisons", recipe=majority),
    )
    assert first.pk != second.pk
    assert (first.counts["records"], second.counts["records"]) == (4, 2)
    assert first.name != second.name
    batch.refresh_from_db()
    frozen = Event.objects.filter(verb="snapshot.frozen").count()
    assert (frozen, batch.frozen_at is not None) == (2, True)


def reference_of(world: World, batch: Batch, name: str = "eva") -> Any:
    task = batch.tasks.get()
    ranking = [[pk] for pk in task.task_candidates.order_by("-candidate__text").values_list("candidate", flat=True)]
    return set_reference(actor=world.users[name], task=task, submission_id=uuid.uuid4(), ranking=ranking)


def test_a_reference_set_while_it_is_frozen_is_what_the_snapshot_says(world: World):
    batch = accepted(world, publish_comparisons(world, prompts=1))
    _, snapshot = while_uncommitted(
        lambda: reference_of(world, batch),
        lambda: freeze_snapshot(
            actor=None, project=world.project, kind="comparisons", recipe=Recipe(aggregation="majority")
        ),
    )
    (record,) = [json.loads(line) for line in Path(snapshot.path).read_text().splitlines()]
    by_text = sorted(zip([one["text"] for one in record["candidates"]], record["ranks"], strict=True))
    assert [rank for _, rank in by_text] == [4, 3, 2, 1], "the researcher's, not the labelers'"


def test_a_reference_that_comes_after_the_freeze_is_refused(world: World):
    batch = accepted(world, publish_comparisons(world, prompts=1))
    _, error = while_uncommitted(
        lambda: freeze_snapshot(actor=None, project=world.project, kind="comparisons"),
        refused(lambda: reference_of(world, batch)),
    )
    assert error.code == "frozen"
