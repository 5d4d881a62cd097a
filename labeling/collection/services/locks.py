"""Row locks that the deeds on assignments share. FOR NO KEY UPDATE everywhere: foreign keys never wait for it."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from labeling.accounts.models import User
from labeling.collection.models import Assignment, AssignmentState, Batch, Slot
from labeling.projects.models import Membership, Project


def lock_membership(*, user: User, project: Project) -> Membership | None:
    """One labeler's deeds in one project happen one after the other; other labelers are not held up."""
    return Membership.objects.select_for_update(no_key=True).filter(user=user, project=project).first()


def lock_own_assignment(*, user: User, assignment_id: UUID) -> Assignment:
    """The user's own assignment, locked, with its slot, task, batch and project; Http404 for anybody else's.

    A submitted one may have its batch taken into review at this very moment: its batch is locked before it.
    """
    assignments = Assignment.objects.filter(labeler=user)
    found = get_object_or_404(assignments.select_related("project", "slot", "task"), pk=assignment_id)
    lock_membership(user=user, project=found.project)
    found.refresh_from_db(fields=["state"])
    if found.state == AssignmentState.SUBMITTED:
        # A check's answer stands and falls with the batch of the work in whose place it was given.
        batch = found.slot.given_among_id or found.task.batch_id
        Batch.objects.select_for_update(no_key=True).get(pk=batch)
    return (
        assignments.select_for_update(no_key=True, of=("self",))
        .select_related("project", "slot__given_among", "task__batch", "guideline", "rubric")
        .get(pk=assignment_id)
    )


def lock_one_free_slot(slots: QuerySet[Slot]) -> Slot | None:
    """Lock the first of these free slots that nobody else is taking; None only when there is truly none.

    A slot that another transaction has locked may come free again when that one fails, so before answering
    None this waits for it. `slots` must filter on the free state and be ordered.
    """
    while True:
        slot = slots.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
        if slot is not None:
            return slot
        if not slots.exists():
            return None
        slot = slots.select_for_update(no_key=True, of=("self",)).first()
        if slot is not None:
            return slot
