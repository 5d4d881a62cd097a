"""What a person may see of data sets: those of the projects that they may see."""

from pathlib import Path
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from labeling.accounts.models import User
from labeling.collection.models import PromptImport
from labeling.datasets.models import Freeze, Snapshot
from labeling.errors import NotFoundError
from labeling.projects.selectors import visible_projects


def visible_snapshots(user: User) -> QuerySet[Snapshot]:
    """Snapshots of the projects that this researcher or admin may see."""
    return Snapshot.objects.select_related("created_by").filter(project__in=visible_projects(user))


def snapshot_for(user: User, snapshot_id: UUID) -> Snapshot:
    return get_object_or_404(visible_snapshots(user), pk=snapshot_id)


def file_of(snapshot: Snapshot) -> Path:
    """The snapshot's records file; raises NotFoundError where it was purged."""
    path = Path(snapshot.path)
    if snapshot.purged_at is not None or not path.is_file():
        raise NotFoundError("This snapshot's file was purged; its hash and its counts remain.", code="purged")
    return path


def import_for(user: User, import_id: UUID) -> PromptImport:
    """An upload into a project that this researcher or admin leads."""
    return get_object_or_404(PromptImport, pk=import_id, project__in=visible_projects(user))


def visible_freezes(user: User) -> QuerySet[Freeze]:
    """Freezes of the projects that this researcher or admin may see."""
    return Freeze.objects.filter(project__in=visible_projects(user))
