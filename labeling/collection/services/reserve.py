"""Slots of one's own: tasks that are no work (gold, constant, calibration, screening) stand in no queue."""

from django.db.models import Max

from labeling.accounts.models import User
from labeling.collection.models import Batch, Slot, SlotState, Task
from labeling.collection.services.mark_sensitive import sensitive_of


def reserve_slot(*, task: Task, user: User, among: Batch | None = None) -> Slot:
    """A new slot of this task that only this person may hold, held by them from now on.

    `among` is the batch of the work in whose place a check is given.
    """
    Task.objects.select_for_update(no_key=True).get(pk=task.pk)  # one slot number at a time
    batch = Batch.objects.get(pk=task.batch_id)
    number = (task.slots.aggregate(last=Max("number"))["last"] or 0) + 1
    return Slot.objects.create(
        task=task,
        number=number,
        state=SlotState.HELD,
        project_id=batch.project_id,
        kind=task.kind,
        pools=batch.pools,
        sensitive=sensitive_of(task),
        batch_number=batch.number,
        position=task.position,
        reserved_for=user,
        given_among=among,
    )
