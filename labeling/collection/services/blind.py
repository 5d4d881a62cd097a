"""What stands between a labeler and the models: random ids, in an order drawn for the assignment."""

import random
import secrets
from collections.abc import Sequence
from uuid import UUID

from labeling.collection.models import Assignment, BlindCandidate, TaskCandidate
from labeling.prepared import Prepared, insert
from labeling.projects.models import TaskKind

_CANDIDATES = Prepared(lambda task: TaskCandidate.objects.filter(task=task).order_by("candidate__order"), task=UUID)
_SHOWN = Prepared(
    lambda assignment: (
        BlindCandidate.objects.filter(assignment=assignment).select_related("candidate").order_by("position")
    ),
    assignment=UUID,
)


def new_order_seed() -> int:
    return secrets.randbits(62)


def draw_blind_candidates(assignment: Assignment) -> None:
    """Give each of the task's candidates a random id and a place, by the assignment's stored seed."""
    insert(*blinded(assignment, [row.candidate_id for row in _CANDIDATES(task=assignment.task_id)]))


def blinded(assignment: Assignment, candidates: Sequence[UUID]) -> list[BlindCandidate]:
    """These candidates, given in their order of creation, as the assignment's seed shows them; not written yet."""
    drawn = list(candidates)
    random.Random(assignment.order_seed).shuffle(drawn)
    return [
        BlindCandidate(assignment=assignment, candidate_id=candidate, position=position)
        for position, candidate in enumerate(drawn)
    ]


def shown_candidates(assignment: Assignment) -> list[BlindCandidate]:
    """The outputs as this assignment shows them, in their places."""
    if assignment.task.kind != TaskKind.COMPARISON:
        return []
    return _SHOWN(assignment=assignment.pk)
