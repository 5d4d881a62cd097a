"""Items that have a reference: who set it, and whether those who answered them see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from labeling.collection.models import BatchStatus
from labeling.projects.models import Project
from labeling.review.desk.settings import review_settings
from labeling.review.models import Reference

REFERENCES = ["set", "shown"]
"""An item has a reference, or one that labelers see (desk/shown_reference.py)."""


@dataclass(frozen=True)
class ShortReference:
    by: str
    """Username of the researcher."""
    at: datetime
    shown: bool
    """To those who answered the item."""


def with_reference(project: Project, asked: Mapping[str, Any]) -> list[Any]:
    """What `reference` and `reference_by` (a username) ask of items."""
    references = Reference.objects.filter(task=OuterRef("task"), current=True)
    if asked.get("reference_by"):
        references = references.filter(by__username=asked["reference_by"])
    conditions: list[Any] = [Exists(references)]
    if asked.get("reference") == "shown":
        shows = review_settings(project).show_references
        conditions.append(Q(task__batch__status=BatchStatus.ACCEPTED) if shows else Q(pk__in=[]))
    return conditions


def references_of(project: Project, tasks: Sequence[UUID]) -> dict[UUID, ShortReference]:
    """The current references of these tasks."""
    shows = review_settings(project).show_references
    found = Reference.objects.filter(task__in=tasks, current=True).select_related("by", "task__batch")
    return {
        one.task_id: ShortReference(
            one.by.username, one.created_at, shows and one.task.batch.status == BatchStatus.ACCEPTED
        )
        for one in found
    }
