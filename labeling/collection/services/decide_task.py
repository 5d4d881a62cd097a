"""What a researcher does with one task: take it out of the work, or give one that was taken out back to labelers."""

from django.db import transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.clock import database_now
from labeling.collection.models import (
    LIVE_STATES,
    Assignment,
    Batch,
    BatchStatus,
    Slot,
    SlotState,
    Task,
    TaskStatus,
)
from labeling.collection.services.leases import lock_kept
from labeling.collection.services.withdraw_tasks import end_for_withdrawal, withdraw_tasks
from labeling.errors import ConflictError

UNDECIDED = (BatchStatus.OPEN, BatchStatus.RETURNED, BatchStatus.IN_REVIEW)


def withdraw_task(*, actor: User, task: Task) -> Task:
    """Nobody is given the task any more; who holds it loses the hold, the draft stays, and so does what is done.

    Sent again, it answers as the first time. ConflictError once its batch is decided.
    """
    with transaction.atomic():
        batch = _lock_undecided(task)
        if withdraw_tasks(actor=actor, tasks=Task.objects.filter(pk=task.pk)):
            record_event(actor, "task.withdrawn", task, batch=str(batch.pk))
    # Whoever was being given it at that very moment holds it since (as in withdraw_batch).
    with transaction.atomic():
        end_for_withdrawal(actor=actor, kept=lock_kept(task=task, task__status=TaskStatus.WITHDRAWN))
    task.refresh_from_db()
    return task


@transaction.atomic
def reopen_task(*, actor: User, task: Task) -> Task:
    """Give a task that was sent to researchers, or withdrawn, back to labelers: its closed slots are free again.

    Those who skipped it do not get it again, and their skips no longer count. A batch that waited for review goes
    back to its labelers. ConflictError once the batch is decided, or while the prompt is withdrawn.
    """
    batch = _lock_undecided(task)
    task = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("prompt").get(pk=task.pk)
    if task.status == TaskStatus.OPEN:
        return task
    if task.prompt is not None and task.prompt.withdrawn_at is not None:
        raise ConflictError("Its prompt is withdrawn. Take that back first.", code="prompt_withdrawn")
    task.status = TaskStatus.OPEN
    task.reopened_at = database_now()
    task.save(update_fields=["status", "reopened_at"])
    taken = Assignment.objects.filter(task=task, state__in=LIVE_STATES).values("slot")
    freed = Slot.objects.filter(task=task, state=SlotState.CLOSED).exclude(pk__in=taken).update(state=SlotState.FREE)
    if batch.status == BatchStatus.IN_REVIEW and freed:
        batch.status = BatchStatus.OPEN
        batch.in_review_at = None
        batch.save(update_fields=["status", "in_review_at"])
    record_event(actor, "task.reopened", task, batch=str(batch.pk), slots=freed)
    return task


def _lock_undecided(task: Task) -> Batch:
    batch = Batch.objects.select_for_update(no_key=True).get(pk=task.batch_id)
    if batch.imported or batch.status not in UNDECIDED:
        raise ConflictError("The batch of this task is decided already.", code="wrong_status")
    return batch
