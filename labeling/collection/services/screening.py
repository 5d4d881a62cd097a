"""A labeler's side of the screening test: beginning it, and its fourth part, in their own words."""

from django.db import transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.clock import database_now
from labeling.collection.models import Screening
from labeling.collection.selectors.stages import Stage, stage_of
from labeling.collection.services.locks import lock_membership
from labeling.errors import ConflictError, ForbiddenError, InvalidError
from labeling.projects.models import Membership, Project


def begin_screening(membership: Membership) -> Screening:
    """The member's one screening, begun now if it was not. The caller has locked the membership."""
    screening, begun = Screening.objects.get_or_create(membership=membership)
    if begun:
        record_event(membership.user, "screening.begun", membership)  # the log must not tie code and name
    return screening


@transaction.atomic
def tell_topics(*, user: User, project: Project, topics: str, groups: str) -> Screening:
    """The fourth part: topics and groups on which the person is comfortable telling sensitive speech. Once.

    The same words again answer as the first time. Raises ForbiddenError without a membership, ConflictError where
    the member is not being screened, or has told something else before.
    """
    if not topics.strip():
        raise InvalidError("Name at least one topic, or say that there is none.", errors={"topics": ["Empty."]})
    membership = lock_membership(user=user, project=project)
    if membership is None:
        raise ForbiddenError("You are not a member of this project.")
    told = Screening.objects.filter(membership=membership, topics_at__isnull=False).first()
    if told is not None and (told.topics, told.groups) == (topics, groups):
        return told
    if told is not None:
        raise ConflictError("This part was answered, and the first answer counts.", code="answer_final")
    if stage_of(membership) != Stage.SCREENING:
        raise ConflictError("You are not being screened in this project.", code="not_screened")
    screening = begin_screening(membership)
    screening.topics, screening.groups, screening.topics_at = topics, groups, database_now()
    screening.save(update_fields=["topics", "groups", "topics_at"])
    record_event(user, "screening.topics", membership)
    return screening
