"""A researcher takes a task from who holds it, and gives it to somebody else, or back to all."""

from django.db import transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import Event, User
from labeling.collection.models import Assignment, AssignmentState, Batch, TakenBack, Task, TaskPurpose, TaskStatus
from labeling.collection.selectors.takers import takers_of
from labeling.collection.services.blind import draw_blind_candidates, new_order_seed
from labeling.collection.services.leases import KEEPING
from labeling.collection.services.note_time import note_time
from labeling.collection.services.slots import WORKING, free_slots
from labeling.errors import ConflictError, InvalidError
from labeling.projects.models import Membership
from labeling.projects.selectors import current_texts


@transaction.atomic
def reassign(*, actor: User, assignment: Assignment, to: Membership | None) -> Assignment:
    """End this hold, and keep its slot for `to`, who is offered the task next; with None it is free for all others.

    The draft stays with who held it; they do not get the task again. Sent again, it answers as the first time.
    Raises ConflictError where it is not held any more (submitted meanwhile, say) or its batch is not open,
    InvalidError where `to` may not be given it.
    """
    if to is not None:  # their own deeds wait: they cannot take the same task by another slot at this moment
        to = Membership.objects.select_for_update(no_key=True, of=("self",)).select_related("user").get(pk=to.pk)
    batch = Batch.objects.select_for_update(no_key=True).get(pk=assignment.task.batch_id)
    assignment = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
    if assignment.taken_back == TakenBack.REASSIGNED:
        return _same_again(assignment, to)
    if assignment.state not in KEEPING:
        raise ConflictError(
            f"This task is not held any more: it was {assignment.state}. Reload the item.",
            code="not_held",
            extra={"state": assignment.state},
        )
    task = Task.objects.select_related("prompt", "batch__project").get(pk=assignment.task_id)
    if task.purpose != TaskPurpose.WORK:
        raise ConflictError("This task is no work: everybody answers it for themselves.", code="not_work")
    if batch.status not in WORKING or task.status == TaskStatus.WITHDRAWN:
        raise ConflictError("No more work is handed out for this task.", code="wrong_status")
    if to is not None and (why := takers_of(task).why_not(to)):
        raise InvalidError(f"This task cannot be given to {to.user.username}. {why}", errors={"to": [why]})
    note_time([assignment])
    assignment.state = AssignmentState.REJECTED
    assignment.taken_back = TakenBack.REASSIGNED
    assignment.lease_expires_at = None
    assignment.save(update_fields=["state", "taken_back", "lease_expires_at", "updated_at"])
    record_event(actor, "assignment.reassigned", assignment, to=str(to.pk) if to else None)
    if to is None:
        free_slots([assignment])
    else:
        _keep_for(to, assignment, task)
    return assignment


def _keep_for(to: Membership, before: Assignment, task: Task) -> None:
    """The slot is theirs as returned work's is: offered first, and to nobody else as long as they keep it."""
    guideline, rubric = current_texts(task.batch.project, task.kind)
    kept = Assignment.objects.create(
        slot_id=before.slot_id,
        task=task,
        project_id=before.project_id,
        labeler=to.user,
        state=AssignmentState.RETURNED,
        guideline=guideline,
        rubric=rubric,
        order_seed=new_order_seed(),
    )
    draw_blind_candidates(kept)


def _same_again(assignment: Assignment, to: Membership | None) -> Assignment:
    """The answer of the first time, where it was given to the same person."""
    done = Event.objects.filter(verb="assignment.reassigned", object_id=str(assignment.pk)).latest("created_at")
    if done.data["to"] != (str(to.pk) if to else None):
        raise ConflictError("This task was taken from them already. Reload the item.", code="not_held")
    return assignment
