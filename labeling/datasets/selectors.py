"""What a person may see of data sets: those of the projects that they may see."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from labeling.accounts.models import User
from labeling.datasets.models import Snapshot
from labeling.projects.selectors import visible_projects


def visible_snapshots(user: User) -> QuerySet[Snapshot]:
    """Snapshots of the projects that this researcher or admin may see."""
    return Snapshot.objects.select_related("created_by").filter(project__in=visible_projects(user))


def snapshot_for(user: User, snapshot_id: UUID) -> Snapshot:
    return get_object_or_404(visible_snapshots(user), pk=snapshot_id)
