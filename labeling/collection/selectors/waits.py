"""Why a batch's free slots may wait, as far as everybody who leads the project may know it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Count, Q

from labeling.collection.models import Batch
from labeling.collection.services.slots import WORKING
from labeling.projects.models import Membership, Pool


class Wait(models.TextChoices):
    """Never whether somebody opted out: "all of them" would tell it of each, and of one labeler at once."""

    PAUSED = "paused"
    NO_LABELER = "no_labeler"  # in its pools
    NONE_QUALIFIED = "none_qualified"
    TOO_FEW = "too_few"  # its tasks ask for more different people than may work on it
    ALL_SENSITIVE = "all_sensitive"  # each free slot; they wait for who takes such texts, if there is somebody


@dataclass
class Staff:
    """Members of one project in one pool, with an active account: how many, and how many of them may work."""

    members: int = 0
    able: int = 0


def staff_of(batches: Iterable[Batch]) -> dict[tuple[UUID, str], Staff]:
    """By project and pool; one query."""
    staff: dict[tuple[UUID, str], Staff] = defaultdict(Staff)
    active = Membership.objects.filter(
        project__in={batch.project_id for batch in batches}, user__is_active=True, user__imported=False
    )
    counts = active.values_list("project", "pool").annotate(n=Count("pk"), able=Count("pk", filter=Q(qualified=True)))
    for project, pool, members, able in counts:
        staff[project, pool] = Staff(members, able)
    return staff


def why_it_waits(
    batch: Batch, staff: dict[tuple[UUID, str], Staff], *, free: int, sensitive: int, most_overlap: int
) -> list[str]:
    """What keeps its free slots (of which so many are sensitive) from being taken; `batch` is of work.

    `most_overlap`: the most labelers that one of its tasks asks for. Empty where nothing free waits.
    """
    if not free or batch.status not in WORKING:
        return []
    labelers = [pool for pool in batch.pools if pool != Pool.RESEARCHER] or batch.pools
    waits: list[Any] = [Wait.PAUSED] if batch.project.paused else []
    if not sum(staff[batch.project_id, pool].members for pool in labelers):
        waits.append(Wait.NO_LABELER)
    elif not sum(staff[batch.project_id, pool].able for pool in labelers):
        waits.append(Wait.NONE_QUALIFIED)
    elif most_overlap > sum(staff[batch.project_id, pool].able for pool in batch.pools):
        waits.append(Wait.TOO_FEW)
    if sensitive == free:
        waits.append(Wait.ALL_SENSITIVE)
    return waits
