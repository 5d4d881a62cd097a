"""Changing what a prompt may be used for."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import Assignment, AssignmentState, Prompt, Slot, SlotState, Task, TaskStatus
from labeling.collection.services.leases import HOLDING
from labeling.collection.services.slots import let_go


@transaction.atomic
def change_prompt(*, actor: User, prompt: Prompt, withdrawn: bool | None = None, **fields: Any) -> Prompt:
    """Set consent, held_back, use_case; withdraw the prompt or take the withdrawal back.

    Withdrawal ends its open tasks: nobody is given them, and who holds one loses the hold (the draft stays).
    Snapshots that hold the prompt are not touched here.
    """
    changed = {name: value for name, value in fields.items() if getattr(prompt, name) != value}
    if withdrawn is not None and withdrawn != (prompt.withdrawn_at is not None):
        changed["withdrawn_at"] = timezone.now() if withdrawn else None
        if withdrawn:
            _withdraw_tasks(actor, prompt)
    for name, value in changed.items():
        setattr(prompt, name, value)
    if changed:
        prompt.save(update_fields=list(changed))
        record_event(actor, "prompt.changed", prompt, **{name: str(value) for name, value in changed.items()})
    return prompt


def _withdraw_tasks(actor: User, prompt: Prompt) -> None:
    held = Assignment.objects.select_for_update(no_key=True).filter(
        task__prompt=prompt, state__in=[*HOLDING, AssignmentState.RETURNED]
    )
    assignments = list(held.order_by("pk"))
    tasks = Task.objects.select_for_update(no_key=True).filter(prompt=prompt).order_by("pk")
    open_tasks = [task.pk for task in tasks if task.status != TaskStatus.WITHDRAWN]
    Task.objects.filter(pk__in=open_tasks).update(status=TaskStatus.WITHDRAWN)
    let_go(actor=actor, assignments=assignments, state=AssignmentState.RELEASED, for_good=True)
    Slot.objects.filter(task__in=open_tasks, state=SlotState.FREE).update(state=SlotState.CLOSED)
