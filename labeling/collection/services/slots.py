"""Slots change hands here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import (
    Assignment,
    AssignmentState,
    BatchStatus,
    Slot,
    SlotState,
    Task,
    TaskStatus,
)
from labeling.collection.services.note_time import note_time

# Batches that labelers still work on; in all others what stands is being judged, or was.
WORKING = (BatchStatus.OPEN, BatchStatus.RETURNED)


def free_slots(assignments: Iterable[Assignment]) -> None:
    """Open these assignments' held slots to others, or close them where the task takes no more work."""
    slots_of: dict[UUID, list[int]] = defaultdict(list)
    for assignment in assignments:
        slots_of[assignment.task_id].append(assignment.slot_id)
    # Under the task's lock: a skip that sends the task to researchers right now must not miss these slots.
    tasks = (
        Task.objects.select_for_update(no_key=True, of=("self",))
        .select_related("batch")
        .filter(pk__in=slots_of)
        .order_by("pk")
    )
    wanted: list[int] = []
    unwanted: list[int] = []
    for task in tasks:
        takes_work = task.status == TaskStatus.OPEN and task.batch.status in WORKING
        (wanted if takes_work else unwanted).extend(slots_of[task.pk])
    Slot.objects.filter(pk__in=wanted, state=SlotState.HELD).update(state=SlotState.FREE)
    Slot.objects.filter(pk__in=unwanted, state=SlotState.HELD).update(state=SlotState.CLOSED)


def let_go(
    *,
    actor: User | None,
    assignments: Sequence[Assignment],
    state: AssignmentState,
    for_good: bool = False,
    taken_back: str = "",
) -> None:
    """End live holds (locked by the caller) as released or expired; rows and drafts stay.

    Returned work keeps its slot, as it was this labeler's and is offered to them again, unless it ends for good.
    `taken_back` says why, to its labeler, where a researcher ends the hold.
    """
    freed = []
    note_time(assignments)
    for assignment in assignments:
        returned = assignment.returned_at is not None and not for_good
        assignment.state = AssignmentState.RETURNED if returned else state
        assignment.lease_expires_at = None
        assignment.taken_back = taken_back
        assignment.save(update_fields=["state", "lease_expires_at", "taken_back", "updated_at"])
        record_event(actor, f"assignment.{state}", assignment)
        if not returned:
            freed.append(assignment)
    free_slots(freed)


def hold_task(*, actor: User, task: Task, reason: str) -> None:
    """Send a task to researchers: nobody else gets it; who works on it may finish. The caller has locked it."""
    task.status = TaskStatus.HELD
    task.save(update_fields=["status"])
    Slot.objects.filter(task=task, state=SlotState.FREE).update(state=SlotState.CLOSED)
    record_event(actor, "task.held", task, reason=reason)
