"""Taking an answer back, for a minute."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.functions import Now

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.clock import database_now
from labeling.collection.models import Action, Assignment, AssignmentState, Judgment, Slot, SlotState
from labeling.collection.services.drafts import put_draft
from labeling.collection.services.final import deciding_batch, refuse_undo_of_final
from labeling.collection.services.leases import lease_end
from labeling.collection.services.locks import lock_own_assignment
from labeling.collection.services.slots import WORKING, let_go
from labeling.collection.services.submit import undo_until
from labeling.collection.submission import blind_ids, submitted_body
from labeling.errors import ConflictError
from labeling.projects.models import Project


@transaction.atomic
def undo_submit(*, user: User, assignment_id: UUID) -> Assignment:
    """Make a submitted assignment current again, its draft being what was submitted.

    It takes the place of what is current now, which steps back to be the one held ahead; what was held ahead
    before goes back to the queue (nobody has worked on that one yet). Sent again, it answers as the first time.
    Raises ConflictError where nothing is submitted, or the project's undo window is over.
    """
    assignment = lock_own_assignment(user=user, assignment_id=assignment_id)
    last = assignment.judgments.order_by("-revision").first()
    if assignment.state == AssignmentState.CURRENT and last is not None and last.action == Action.UNDO:
        return assignment
    if assignment.state != AssignmentState.SUBMITTED or last is None or assignment.submitted_at is None:
        raise ConflictError("Nothing is submitted here, so there is nothing to undo.", code="not_submitted")
    now = database_now()
    refuse_undo_of_final(assignment)
    over = now > undo_until(assignment.project, assignment.submitted_at)
    if over or deciding_batch(assignment).status not in WORKING:
        raise ConflictError("The time to undo this is over.", code="undo_window_over")
    make_room(user, assignment.project)
    Judgment.objects.filter(pk=last.pk).update(current=False)
    undo = Judgment.objects.create(
        assignment=assignment,
        revision=last.revision + 1,
        action=Action.UNDO,
        current=False,
        supersedes=last,
        pool=last.pool,
        guideline=last.guideline,
        rubric=last.rubric,
        created_at=now,
    )
    Slot.objects.filter(pk=assignment.slot_id).update(state=SlotState.HELD)
    assignment.state = AssignmentState.CURRENT
    assignment.submitted_at = None
    assignment.lease_expires_at = lease_end(assignment.project, now)
    assignment.save(update_fields=["state", "submitted_at", "lease_expires_at", "updated_at"])
    put_draft(assignment, submitted_body(last, blind_ids(assignment)))
    record_event(user, "judgment.undo", undo, assignment=str(assignment.pk))
    return assignment


def undoable() -> QuerySet[Assignment]:
    """Submitted assignments whose undo window is open still."""
    second = ExpressionWrapper(Value(timedelta(seconds=1)), output_field=DurationField())
    return Assignment.objects.filter(
        state=AssignmentState.SUBMITTED, submitted_at__gt=Now() - F("project__undo_seconds") * second
    )


def make_room(user: User, project: Project) -> None:
    """Move what is current to `ahead`, and what is ahead back to the queue."""
    held = Assignment.objects.select_for_update(no_key=True).filter(labeler=user, project=project)
    current = held.filter(state=AssignmentState.CURRENT).first()
    if current is None:
        return
    ahead = held.filter(state=AssignmentState.AHEAD).first()
    if ahead is not None:
        let_go(actor=user, assignments=[ahead], state=AssignmentState.RELEASED)
    current.state = AssignmentState.AHEAD
    current.save(update_fields=["state", "updated_at"])
