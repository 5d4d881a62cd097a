"""Skipping a task with a reason, and handing one back without."""

from uuid import UUID

from django.db import transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import MIXED, Assignment, AssignmentState, SkipReason, Task, TaskStatus
from labeling.collection.services.leases import HOLDING
from labeling.collection.services.locks import lock_own_assignment
from labeling.collection.services.note_time import note_time
from labeling.collection.services.slots import free_slots, hold_task, let_go
from labeling.errors import ConflictError

SKIPS_THAT_HOLD = 3
HOLDS_AT_ONCE = (SkipReason.HARMFUL, SkipReason.PERSONAL_DATA)
LEFT = (AssignmentState.EXPIRED, AssignmentState.RELEASED)


@transaction.atomic
def skip_assignment(
    *, user: User, assignment_id: UUID, reason: str, note: str = "", active_seconds: float = 0
) -> Assignment:
    """Give a task up for good, saying why; it is not offered to this person again. Their time counts.

    Three skips, or one as harmful or as personal data, send the task to researchers. Sent again, it answers as
    the first time. ConflictError for what is submitted or decided.
    """
    assignment = lock_own_assignment(user=user, assignment_id=assignment_id)
    if assignment.state == AssignmentState.SKIPPED:
        return assignment
    if assignment.state not in (*HOLDING, AssignmentState.RETURNED, *LEFT):
        raise ConflictError(f"This was {assignment.state}, so it cannot be skipped.", code="not_held")
    held_a_slot = assignment.state not in LEFT
    assignment.state = AssignmentState.SKIPPED
    assignment.skip_reason = reason
    assignment.skip_note = note
    assignment.lease_expires_at = None
    assignment.active_seconds = max(assignment.active_seconds, active_seconds)
    assignment.save(
        update_fields=["state", "skip_reason", "skip_note", "lease_expires_at", "active_seconds", "updated_at"]
    )
    note_time([assignment])
    record_event(user, "assignment.skipped", assignment, reason=reason)
    if held_a_slot:
        free_slots([assignment])
    _hold_if_skipped_enough(user, assignment)
    return assignment


def _hold_if_skipped_enough(user: User, assignment: Assignment) -> None:
    task = Task.objects.select_for_update(no_key=True).get(pk=assignment.task_id)
    if task.status != TaskStatus.OPEN or task.purpose not in MIXED:
        return  # a set that everybody does is chosen by researchers, who see its skips
    skipped = task.assignments.filter(state=AssignmentState.SKIPPED)
    if task.reopened_at is not None:  # a researcher has seen the earlier ones
        skipped = skipped.filter(updated_at__gt=task.reopened_at)
    skips = skipped.count()
    if assignment.skip_reason in HOLDS_AT_ONCE:
        hold_task(actor=user, task=task, reason=assignment.skip_reason)
    elif skips >= SKIPS_THAT_HOLD:
        hold_task(actor=user, task=task, reason=f"{skips} skips")


@transaction.atomic
def release_assignment(*, user: User, assignment_id: UUID, active_seconds: float = 0) -> Assignment:
    """Hand a task back to the queue; the draft is kept, and it may be offered to this person again, last."""
    assignment = lock_own_assignment(user=user, assignment_id=assignment_id)
    if assignment.state in (*LEFT, AssignmentState.RETURNED):
        return assignment
    if assignment.state not in HOLDING:
        raise ConflictError(f"This was {assignment.state}, so it cannot be released.", code="not_held")
    assignment.active_seconds = max(assignment.active_seconds, active_seconds)
    assignment.save(update_fields=["active_seconds"])
    let_go(actor=user, assignments=[assignment], state=AssignmentState.RELEASED)
    return assignment
