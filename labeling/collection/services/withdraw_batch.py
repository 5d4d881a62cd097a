"""A researcher takes a whole batch out of the work, and takes that back.

The tasks keep their own status, so that one that was put aside or withdrawn by itself is so still when the batch is
given back: whatever hands out work asks for the batch's status, too.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.clock import database_now
from labeling.collection.models import LIVE_STATES, Assignment, Batch, BatchStatus, Slot, SlotState, TaskStatus
from labeling.collection.services.decide_task import UNDECIDED
from labeling.collection.services.leases import lock_kept
from labeling.collection.services.slots import WORKING
from labeling.collection.services.withdraw_tasks import end_for_withdrawal
from labeling.errors import ConflictError, InvalidError

_WITHDRAWAL = ["status", "withdrawn_from", "withdrawn_at", "withdrawn_reason"]


def withdraw_batch(*, actor: User, batch: Batch, reason: str) -> Batch:
    """Nobody is given its tasks any more; who holds one loses the hold, drafts and judgments stay.

    No snapshot takes its judgments. Sent again, it answers as the first time. Raises InvalidError without a reason,
    ConflictError once the batch is accepted.
    """
    if not reason.strip():
        raise InvalidError("Say why: it stands in the record.", errors={"reason": ["Empty."]})
    with transaction.atomic():
        batch = _withdraw(actor, batch, reason)
    # Whoever was being given a task of it at that very moment holds it since. Not in the same transaction: that one
    # has the slots locked, and a labeler's deed locks the assignment before its slot.
    with transaction.atomic():
        end_for_withdrawal(actor=actor, kept=lock_kept(task__batch=batch))
    return batch


def _withdraw(actor: User, batch: Batch, reason: str) -> Batch:
    batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.status == BatchStatus.WITHDRAWN:
        return batch
    if batch.status not in UNDECIDED:
        raise ConflictError(
            "The batch is accepted. Take it back into review first.",
            code="wrong_status",
            extra={"batch_status": batch.status},
        )
    kept = lock_kept(task__batch=batch)
    batch.withdrawn_from = batch.status
    batch.withdrawn_reason = reason
    batch.withdrawn_at = database_now()
    batch.status = BatchStatus.WITHDRAWN
    batch.save(update_fields=_WITHDRAWAL)
    end_for_withdrawal(actor=actor, kept=kept)
    closed = Slot.objects.filter(task__batch=batch, state=SlotState.FREE).update(state=SlotState.CLOSED)
    record_event(actor, "batch.withdrawn", batch, reason=reason, slots=closed + len(kept))
    return batch


@transaction.atomic
def reopen_batch(*, actor: User, batch: Batch) -> Batch:
    """Take a withdrawal back: the batch is what it was, and its closed slots are free again.

    Not those of tasks that are put aside or withdrawn by themselves, or with their prompt. Sent again, it answers as
    the first time. ConflictError for a batch that is accepted.
    """
    batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.status in UNDECIDED:
        return batch
    if batch.status != BatchStatus.WITHDRAWN:
        raise ConflictError(
            "The batch is accepted, so there is no withdrawal to take back.",
            code="wrong_status",
            extra={"batch_status": batch.status},
        )
    batch.status = batch.withdrawn_from
    batch.withdrawn_from = batch.withdrawn_reason = ""
    batch.withdrawn_at = None
    batch.save(update_fields=_WITHDRAWAL)
    freed = 0
    if batch.status in WORKING:
        live = Assignment.objects.filter(slot=OuterRef("pk"), state__in=LIVE_STATES)
        closed = Slot.objects.filter(~Exists(live), task__batch=batch, state=SlotState.CLOSED)
        freed = closed.filter(task__status=TaskStatus.OPEN).update(state=SlotState.FREE)
    record_event(actor, "batch.reopened", batch, slots=freed)
    return batch
