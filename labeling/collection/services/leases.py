"""Leases: a hold lasts as long as its labeler shows signs of life. Times are the database's."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from labeling.accounts.models import User
from labeling.collection.clock import database_now
from labeling.collection.models import Assignment, AssignmentState
from labeling.collection.services.locks import lock_own_assignment
from labeling.collection.services.slots import let_go
from labeling.errors import ConflictError
from labeling.projects.models import Project

HOLDING = (AssignmentState.CURRENT, AssignmentState.AHEAD)
# Returned work keeps its slot, although no lease runs.
KEEPING = (*HOLDING, AssignmentState.RETURNED)
# At most this many a call: the first labeler after a quiet night does not wait for all of them.
EXPIRED_AT_ONCE = 200


def lock_kept(**where: Any) -> list[Assignment]:
    """The assignments (filtered by `where`) that keep a slot without an answer, locked in the order of their ids."""
    kept = Assignment.objects.select_for_update(no_key=True, of=("self",)).filter(**where, state__in=KEEPING)
    return list(kept.order_by("pk"))


def lease_end(project: Project, now: datetime) -> datetime:
    return now + timedelta(seconds=project.lease_seconds)


_OVERDUE = """
    SELECT EXISTS (SELECT FROM collection_assignment
                   WHERE state IN ('current', 'ahead') AND lease_expires_at < statement_timestamp() AND project_id = %s)
"""


def expire_leases_of(project_id: UUID) -> None:
    """expire_leases for one project. Each `next` calls it, so it costs next to nothing where none is overdue."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERDUE, [project_id])
        (overdue,) = cursor.fetchone()
    if overdue:
        expire_leases(project_id=project_id)


@transaction.atomic
def expire_leases(*, project_id: UUID | None = None) -> int:
    """Free what idle labelers hold, of one project or of all; returns how many. Drafts stay with their labelers.

    An assignment that is being worked with at this moment is passed over: its labeler is not idle.
    """
    overdue = Assignment.objects.filter(state__in=HOLDING, lease_expires_at__lt=Now())
    if project_id is not None:
        overdue = overdue.filter(project=project_id)
    locked = overdue.select_for_update(no_key=True, skip_locked=True, of=("self",))
    assignments = list(locked.order_by("pk")[:EXPIRED_AT_ONCE])
    if assignments:
        let_go(actor=None, assignments=assignments, state=AssignmentState.EXPIRED)
    return len(assignments)


@transaction.atomic
def renew_lease(*, user: User, assignment_id: UUID, active_seconds: float = 0) -> tuple[datetime, datetime]:
    """A sign of life: renew the lease of this assignment, and of the one held ahead with it.

    `active_seconds` of the page so far are kept, so that they count where the task is never answered.

    Returns the lease's end and the database's time. ConflictError where the assignment is not held any more.
    """
    assignment = lock_own_assignment(user=user, assignment_id=assignment_id)
    if assignment.state not in HOLDING:
        raise ConflictError(
            "You do not hold this task any more. Your draft is kept: ask for the next task to go on.",
            code="not_held",
            extra={"state": assignment.state, "taken_back": assignment.taken_back},
        )
    now = database_now()
    until = lease_end(assignment.project, now)
    Assignment.objects.filter(labeler=user, project=assignment.project, state__in=HOLDING).update(
        lease_expires_at=until
    )
    if active_seconds > assignment.active_seconds:
        Assignment.objects.filter(pk=assignment.pk).update(active_seconds=active_seconds)
    return until, now
