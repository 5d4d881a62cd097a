"""A labeler's own answer beside the item's reference, once the work is accepted and where the project shows it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404

from labeling.accounts.models import User
from labeling.collection.models import Assignment, AssignmentState, BatchStatus, Judgment
from labeling.collection.ranks import pairs_agreeing
from labeling.collection.selectors.keys import ratings_of
from labeling.collection.submission import blind_ids
from labeling.review.models import Reference

ANSWERED = (AssignmentState.SUBMITTED, AssignmentState.REJECTED)


@dataclass(frozen=True)
class ShownReference:
    """What a labeler sees of a reference: no name, and outputs under the random ids of the own assignment."""

    kind: str
    note: str
    response: str | None
    outputs: list[dict[str, Any]]
    agree: int
    pairs: int


def shown_reference(*, user: User, assignment_id: UUID) -> ShownReference | None:
    """The reference of an item that this person answered; Http404 for anybody else's assignment.

    None where the project shows none, there is none, or the work is not accepted (any more): who could still answer,
    or answer anew, must not read the answer first.
    """
    assignment = get_object_or_404(
        Assignment.objects.select_related("task__batch", "project__review_settings"), labeler=user, pk=assignment_id
    )
    settings = getattr(assignment.project, "review_settings", None)
    if settings is None or not settings.show_references:
        return None
    if assignment.state not in ANSWERED or assignment.task.batch.status != BatchStatus.ACCEPTED:
        return None
    reference = Reference.objects.filter(task=assignment.task_id, current=True).first()
    own = Judgment.objects.filter(assignment=assignment, current=True).first()
    if reference is None or own is None:
        return None
    if not reference.ratings:
        return ShownReference(assignment.task.kind, reference.note, reference.response, [], 0, 0)
    theirs = {UUID(rating["candidate"]): rating for rating in reference.ratings}
    ours = ratings_of(own)
    agree, pairs = pairs_agreeing(
        {pk: rating.rank for pk, rating in ours.items()}, {pk: rating["rank"] for pk, rating in theirs.items()}
    )
    shown = blind_ids(assignment)
    outputs = [
        {
            "candidate": shown[pk],
            "overall": ours[pk].overall,
            "reference_overall": theirs[pk]["overall"],
            "rank": ours[pk].rank,
            "reference_rank": theirs[pk]["rank"],
        }
        for pk in sorted(ours, key=lambda pk: ours[pk].position)
    ]
    return ShownReference(assignment.task.kind, reference.note, None, outputs, agree, pairs)
