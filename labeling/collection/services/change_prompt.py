"""Changing what a prompt may be used for."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import Prompt, Task
from labeling.collection.services.mark_sensitive import lock_marks, tell_slots
from labeling.collection.services.recall import recall
from labeling.collection.services.withdraw_tasks import withdraw_tasks
from labeling.projects.sensitive import in_order


@transaction.atomic
def change_prompt(*, actor: User, prompt: Prompt, withdrawn: bool | None = None, **fields: Any) -> Prompt:
    """Set consent, held_back, use_case, sensitive; withdraw the prompt or take the withdrawal back.

    Withdrawal ends its open tasks: nobody is given them, and who holds one loses the hold (the draft stays).
    Without consent, or withdrawn, it is recalled: the snapshots that hold it are marked.
    """
    if "sensitive" in fields:
        lock_marks(prompt.project)
        prompt.refresh_from_db(fields=["sensitive"])
        fields["sensitive"] = in_order(fields["sensitive"])
    changed = {name: value for name, value in fields.items() if getattr(prompt, name) != value}
    if withdrawn is not None and withdrawn != (prompt.withdrawn_at is not None):
        changed["withdrawn_at"] = timezone.now() if withdrawn else None
        if withdrawn:
            withdraw_tasks(actor=actor, tasks=Task.objects.filter(prompt=prompt))
    for name, value in changed.items():
        setattr(prompt, name, value)
    if changed:
        prompt.save(update_fields=list(changed))
        if "sensitive" in changed:
            tell_slots(actor=actor, project=prompt.project, prompt_ids=[prompt.pk], categories=changed["sensitive"])
        if changed.get("withdrawn_at") or changed.get("consent") is False:
            recall(actor=actor, project=prompt.project, prompts=Prompt.objects.filter(pk=prompt.pk))
        record_event(actor, "prompt.changed", prompt, **{name: str(value) for name, value in changed.items()})
    return prompt
