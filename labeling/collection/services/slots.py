"""Slots change hands here."""

from collections.abc import Iterable, Sequence

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

# Batches that labelers still work on; in all others what stands is being judged, or was.
WORKING = (BatchStatus.OPEN, BatchStatus.RETURNED)


def free_slots(assignments: Iterable[Assignment]) -> None:
    """Open these assignments' held slots to others, or close them where the task takes no more work."""
    slot_of = {assignment.task_id: [] for assignment in assignments}  # type: dict
    for assignment in assignments:
        slot_of[assignment.task_id].append(assignment.slot_id)
    # Under the task's lock: a skip that sends the task to researchers right now must not miss these slots.
    tasks = (
        Task.objects.select_for_update(no_key=True, of=("self",))
        .select_related("batch")
        .filter(pk__in=slot_of)
        .order_by("pk")
    )
    wanted: list[int] = []
    unwanted: list[int] = []
    for task in tasks:
        takes_work = task.status == TaskStatus.OPEN and task.batch.status in WORKING
        (wanted if takes_work else unwanted).extend(slot_of[task.pk])
    Slot.objects.filter(pk__in=wanted, state=SlotState.HELD).update(state=SlotState.FREE)
    Slot.objects.filter(pk__in=unwanted, state=SlotState.HELD).update(state=SlotState.CLOSED)


def let_go(*, actor: User | None, assignments: Sequence[Assignment], state: AssignmentState) -> None:
    """End live holds (locked by the caller) as released or expired; rows and drafts stay.

    Returned work keeps its slot: it was this labeler's and is offered to them again.
    """
    rework = [assignment for assignment in assignments if assignment.returned_at is not None]
    others = [assignment for assignment in assignments if assignment.returned_at is None]
    for group, becomes in ((rework, AssignmentState.RETURNED), (others, state)):
        for assignment in group:
            assignment.state = becomes
            assignment.lease_expires_at = None
            assignment.save(update_fields=["state", "lease_expires_at", "updated_at"])
            record_event(actor, f"assignment.{state}", assignment)
    free_slots(others)


def hold_task(*, actor: User, task: Task, reason: str) -> None:
    """Send a task to researchers: nobody else gets it; who works on it may finish. The caller has locked it."""
    task.status = TaskStatus.HELD
    task.save(update_fields=["status"])
    Slot.objects.filter(task=task, state=SlotState.FREE).update(state=SlotState.CLOSED)
    record_event(actor, "task.held", task, reason=reason)
