"""What researchers do in a screening: rate demonstrations, blind, and decide, once."""

from typing import Any
from uuid import UUID

from django.db import transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.clock import database_now
from labeling.collection.models import Screening
from labeling.collection.services.locks import lock_membership
from labeling.errors import ConflictError, InvalidError, NotFoundError
from labeling.review.models import ScreeningDecision, ScreeningRating
from labeling.review.screening import result_of, screened_demonstrations


@transaction.atomic
def rate_demonstration(*, actor: User, judgment_id: UUID, value: int) -> ScreeningRating:
    """Give a demonstration of a screening 1 to 7; the same value again answers as the first time.

    Raises NotFoundError for anything but a demonstration of an undecided screening of one's projects, ConflictError
    where this researcher gave it another value, or the labeler has taken it back.
    """
    judgment = screened_demonstrations(actor).select_related("assignment").filter(pk=judgment_id).first()
    if judgment is None:
        raise NotFoundError("There is no such demonstration to rate: its screening may be decided.")
    if not judgment.current:
        raise ConflictError("The labeler has changed this since. Load the list again.", code="not_current")
    rating, made = ScreeningRating.objects.get_or_create(judgment=judgment, rater=actor, defaults={"value": value})
    if not made and rating.value != value:
        raise ConflictError(f"You have given this {rating.value}. The first rating counts.", code="already_rated")
    if made:
        record_event(actor, "screening.rated", judgment, value=value)
    return rating


@transaction.atomic
def decide_screening(*, actor: User, screening: Screening, qualified: bool, reason: str) -> Screening:
    """Qualify the labeler for paid tasks or decline, for good, with the scores of this moment and a reason.

    Cutoffs are soft: they are shown, and the researcher decides. Raises ConflictError where it is decided already,
    not complete, or a demonstration has no rating yet; InvalidError without a reason.
    """
    if not reason.strip():
        raise InvalidError("Say why: the labeler reads your reason.", errors={"reason": ["Empty."]})
    member = screening.membership
    lock_membership(user=member.user, project=member.project)  # no answer is taken back or given meanwhile
    screening = Screening.objects.select_related("membership__user", "membership__project").get(pk=screening.pk)
    if screening.decided_at is not None:
        raise ConflictError("This screening is decided. A decision stays as it is.", code="already_decided")
    result = result_of(screening)
    if not result.complete:
        raise ConflictError("The labeler has not finished all parts yet.", code="not_complete")
    if result.unrated:
        raise ConflictError(f"{result.unrated} demonstrations have no rating yet. Rate them first.", code="not_rated")
    ScreeningDecision.objects.create(
        screening=screening, qualified=qualified, reason=reason, scores=result.scores, by=actor
    )
    screening.decided_at = database_now()
    screening.save(update_fields=["decided_at"])
    member = screening.membership
    member.qualified = qualified
    member.save(update_fields=["qualified"])
    record_event(actor, "screening.decided", screening, **_said(qualified, reason, result.scores))
    return screening


def _said(qualified: bool, reason: str, scores: dict[str, Any]) -> dict[str, Any]:
    return {"qualified": qualified, "reason": reason} | {part: score["value"] for part, score in scores.items()}
