"""A researcher's judgment becomes the key of a task."""

from uuid import UUID

from django.db import transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import Judgment, Task, TaskKey, TaskPurpose
from labeling.collection.selectors.keys import judgments_for_key
from labeling.errors import ConflictError, InvalidError


@transaction.atomic
def set_key(*, actor: User, task: Task, judgment: UUID, reasons: str, version: int) -> TaskKey:
    """Make this judgment, with its reasons, the key; `version` is that of the key seen before (0: none).

    The judgment is a researcher's current one of this task, or of any task on the same prompt and outputs. The
    same judgment and reasons again answer with the key that stands. Raises InvalidError for another judgment or
    a task of work, ConflictError where somebody has set a key in between.
    """
    if task.purpose == TaskPurpose.WORK or task.repeat_of_id is not None:
        raise InvalidError("Work and repeats have no key.", code="not_a_check")
    if not reasons.strip():
        raise InvalidError("Say why this is right: labelers read it.", errors={"reasons": ["Empty."]})
    Task.objects.select_for_update(no_key=True).get(pk=task.pk)  # one version at a time
    last = task.keys.order_by("-version").first()
    if last is not None and (last.judgment_id, last.reasons) == (judgment, reasons):
        return last
    if (last.version if last else 0) != version:
        raise ConflictError("Somebody has set a key since you looked. Reload, and look at theirs.", code="stale_key")
    fitting = {found.pk: found for found in judgments_for_key([task])[task.pk]}
    if judgment not in fitting:
        raise InvalidError(
            "This is no researcher's current judgment of this task's prompt and outputs.",
            errors={"judgment": ["Not fitting."]},
        )
    key = TaskKey.objects.create(
        task=task,
        version=version + 1,
        judgment=Judgment.objects.get(pk=judgment),
        reasons=reasons,
        created_by=actor,
    )
    record_event(actor, "key.set", key, task=str(task.pk), judgment=str(judgment), version=key.version)
    return key
