"""Taking tasks out of the work: nobody is given them any more."""

from django.db.models import QuerySet

from labeling.accounts.models import User
from labeling.collection.models import Assignment, AssignmentState, Slot, SlotState, Task, TaskStatus
from labeling.collection.services.leases import HOLDING
from labeling.collection.services.slots import let_go


def withdraw_tasks(*, actor: User, tasks: QuerySet[Task]) -> int:
    """Withdraw those of these tasks that are not withdrawn yet; returns how many. The caller has a transaction.

    Who holds one loses the hold, for good; the draft stays, and so does what is done.
    """
    held = Assignment.objects.select_for_update(no_key=True).filter(
        task__in=tasks.order_by(), state__in=[*HOLDING, AssignmentState.RETURNED]
    )
    assignments = list(held.order_by("pk"))
    locked = tasks.select_for_update(no_key=True).order_by("pk")
    withdrawn = [task.pk for task in locked if task.status != TaskStatus.WITHDRAWN]
    Task.objects.filter(pk__in=withdrawn).update(status=TaskStatus.WITHDRAWN)
    let_go(actor=actor, assignments=assignments, state=AssignmentState.RELEASED, for_good=True)
    Slot.objects.filter(task__in=withdrawn, state=SlotState.FREE).update(state=SlotState.CLOSED)
    return len(withdrawn)
