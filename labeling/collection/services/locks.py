"""Row locks that the deeds on assignments share. FOR NO KEY UPDATE everywhere: foreign keys never wait for it."""

from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.http import Http404

from labeling.accounts.models import User
from labeling.collection.models import Assignment, AssignmentState, Batch, Slot
from labeling.prepared import Prepared
from labeling.projects.models import Membership, Project
from labeling.projects.selectors import rubric_version

_LOCK_PLACE = """
    SELECT true FROM collection_assignment own
    JOIN projects_membership member ON member.project_id = own.project_id AND member.user_id = own.labeler_id
    WHERE own.id = %s AND own.labeler_id = %s FOR NO KEY UPDATE OF member
"""
# A check's answer stands and falls with the batch of the work in whose place it was given.
_STATE = """
    SELECT own.state, coalesce(slot.given_among_id, task.batch_id) FROM collection_assignment own
    JOIN collection_slot slot ON slot.id = own.slot_id JOIN collection_task task ON task.id = own.task_id
    WHERE own.id = %s
"""
_OWN = Prepared(
    lambda pk: (
        Assignment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("project", "slot", "task")
        .filter(pk=pk)
    ),
    pk=UUID,
)


def lock_membership(*, user: User, project: Project) -> Membership | None:
    """One labeler's deeds in one project happen one after the other; other labelers are not held up."""
    return Membership.objects.select_for_update(no_key=True).filter(user=user, project=project).first()


def lock_own_assignment(*, user: User, assignment_id: UUID) -> Assignment:
    """The user's own assignment, locked, with its slot, task, project and rubric; Http404 for anybody else's.

    A submitted one may have its batch taken into review at this very moment: its batch is locked before it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_PLACE, [assignment_id, user.pk])
        if cursor.fetchone() is None:
            raise Http404
        cursor.execute(_STATE, [assignment_id])  # a statement of its own: it sees what was waited for
        state, batch = cursor.fetchone()
    if state == AssignmentState.SUBMITTED:
        Batch.objects.select_for_update(no_key=True).get(pk=batch)
    (assignment,) = _OWN(pk=assignment_id)
    assignment.rubric = rubric_version(assignment.rubric_id)
    return assignment


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
