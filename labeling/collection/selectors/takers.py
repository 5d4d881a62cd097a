"""Who holds a task, and to whom it may be given instead."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from labeling.collection.models import Assignment, Task
from labeling.collection.services.leases import KEEPING
from labeling.collection.services.mark_sensitive import sensitive_of
from labeling.projects.models import GuidelineAcknowledgement, Membership
from labeling.projects.selectors import current_texts


def holds_on(task: Task) -> QuerySet[Assignment]:
    """Assignments that keep a slot of this task without an answer, the oldest first."""
    return Assignment.objects.filter(task=task, state__in=KEEPING).order_by("created_at", "pk")


@dataclass(frozen=True)
class Takers:
    """What says whether a member may be given this task, read once for all of them."""

    task: Task
    had: frozenset[UUID]
    read: frozenset[UUID] | None  # who acknowledged the guideline, where that is asked for

    def why_not(self, member: Membership) -> str:
        """Why this member (with the user) cannot be given the task, in words; nothing where they can.

        Nobody is given a sensitive text by name: that it was not taken would tell what they opted out of.
        """
        if sensitive_of(self.task):
            return (
                "The text is marked as sensitive, so it goes to nobody by name, only back to all who take such texts."
            )
        if not member.user.is_active:
            return "Their account is not active."
        if not member.qualified:
            return "They are not qualified for paid tasks."
        if member.pool not in self.task.batch.pools:
            return "The batch is for other pools than theirs."
        if member.user_id in self.task.authors:
            return "They wrote this prompt."
        if member.user_id in self.had:
            return "They had this task already."
        if self.read is not None and member.user_id not in self.read:
            return "They have not acknowledged the guideline yet."
        return ""


def takers_of(task: Task) -> Takers:
    """For a task with its prompt, batch and project. Two queries or three."""
    had = frozenset(Assignment.objects.filter(task=task).values_list("labeler", flat=True))
    project = task.batch.project
    guideline, _ = current_texts(project, task.kind)
    if guideline is None or not project.require_acknowledgement:
        return Takers(task, had, None)
    read = GuidelineAcknowledgement.objects.filter(guideline=guideline).values_list("user", flat=True)
    return Takers(task, had, frozenset(read))
