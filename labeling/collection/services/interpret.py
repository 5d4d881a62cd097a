"""Naive interpretation: what each output says to somebody who has not seen the prompt, written before it is shown.

A labeler who knows the source fills in what an output leaves out; without it, only what the output itself says counts
(Stiennon et al. 2020, appendix C.1). So the prompt stays on the server until this is written.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import Assignment
from labeling.collection.services.drafts import put_draft
from labeling.collection.services.locks import lock_own_assignment
from labeling.errors import ConflictError, InvalidError
from labeling.projects.models import TaskKind
from labeling.projects.rubric import INTERPRETATION, asks


def hides_prompt(assignment: Assignment) -> bool:
    """Whether this labeler must write interpretations before the prompt is shown. Takes it with task and rubric."""
    asked = assignment.task.kind == TaskKind.COMPARISON and assignment.rubric is not None
    return asked and asks(assignment.rubric.content, INTERPRETATION) and not assignment.interpretations  # type: ignore[union-attr]


@transaction.atomic
def interpret(*, user: User, assignment_id: UUID, interpretations: Mapping[str, str]) -> None:
    """Keep what each output says, by blind id; from then on the prompt is shown and these texts stay.

    The same texts sent again are no conflict. Raises InvalidError, by output, where one is missing; ConflictError
    where others stand already, or the task asks for none; Http404 for somebody else's assignment.
    """
    assignment = lock_own_assignment(user=user, assignment_id=assignment_id)
    if assignment.interpretations:
        if assignment.interpretations == dict(interpretations):
            return
        raise ConflictError("The interpretations are written already, and the prompt was shown.", code="interpreted")
    if not hides_prompt(assignment):
        raise ConflictError("This task asks for no interpretations.", code="not_asked")
    shown = {str(pk) for pk in assignment.blind_candidates.values_list("pk", flat=True)}
    errors = {
        **{pk: ["Write what this output says."] for pk in shown if not interpretations.get(pk, "").strip()},
        **{pk: ["This is no output of this task."] for pk in set(interpretations) - shown},
    }
    if errors:
        raise InvalidError(
            "Say of each output what it says; then the prompt is shown.", errors={"interpretations": errors}
        )
    assignment.interpretations = dict(interpretations)
    assignment.save(update_fields=["interpretations", "updated_at"])
    # The comparison begins with an empty form; of the draft so far only the time worked goes on.
    put_draft(assignment, {key: assignment.draft[key] for key in ("active_seconds",) if key in assignment.draft})
    record_event(user, "assignment.interpreted", assignment)


def check_interpreted(assignment: Assignment) -> None:
    """Raise ConflictError where the prompt was never shown to whoever submits."""
    if hides_prompt(assignment):
        raise ConflictError("Write first what each output says; the prompt is shown then.", code="not_interpreted")
