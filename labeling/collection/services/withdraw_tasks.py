"""Taking tasks out of the work: nobody is given them any more."""

from collections.abc import Sequence

from django.db.models import QuerySet

from labeling.accounts.models import User
from labeling.collection.models import Assignment, AssignmentState, Slot, SlotState, TakenBack, Task, TaskStatus
from labeling.collection.services.leases import lock_kept
from labeling.collection.services.slots import let_go


def withdraw_tasks(*, actor: User, tasks: QuerySet[Task]) -> int:
    """Withdraw those of these tasks that are not withdrawn yet; returns how many. The caller has a transaction.

    Who holds one loses the hold, for good; the draft stays, and so does what is done.
    """
    kept = lock_kept(task__in=tasks.order_by())
    locked = tasks.select_for_update(no_key=True).order_by("pk")
    withdrawn = [task.pk for task in locked if task.status != TaskStatus.WITHDRAWN]
    Task.objects.filter(pk__in=withdrawn).update(status=TaskStatus.WITHDRAWN)
    end_for_withdrawal(actor=actor, kept=kept)
    Slot.objects.filter(task__in=withdrawn, state=SlotState.FREE).update(state=SlotState.CLOSED)
    return len(withdrawn)


def end_for_withdrawal(*, actor: User, kept: Sequence[Assignment]) -> None:
    """End these (of lock_kept) for good; their labelers are told that the task was withdrawn."""
    let_go(
        actor=actor,
        assignments=kept,
        state=AssignmentState.RELEASED,
        for_good=True,
        taken_back=TakenBack.WITHDRAWN,
    )
