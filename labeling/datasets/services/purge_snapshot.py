"""Deleting a snapshot's files: the one, audited exception to frozen, for what was taken back after it was frozen."""

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.datasets.models import Snapshot
from labeling.datasets.services.export_snapshot import forget_exports
from labeling.errors import ConflictError


@transaction.atomic
def purge_snapshot(*, actor: User, snapshot: Snapshot) -> Snapshot:
    """Delete a marked snapshot's file and every export of it; hash, counts and lineage stay.

    Sent again, it deletes what a process that died in the middle may have left. ConflictError where nothing that the
    snapshot holds was taken back.
    """
    snapshot = Snapshot.objects.select_for_update().get(pk=snapshot.pk)
    if snapshot.marked_at is None:
        raise ConflictError("Nothing that this snapshot holds was taken back, so it stays.", code="not_marked")
    if snapshot.purged_at is None:
        snapshot.purged_at = timezone.now()
        snapshot.save(update_fields=["purged_at"])
        record_event(actor, "snapshot.purged", snapshot, sha256=snapshot.sha256)
    # The file first: an export that is being made is not kept where it is gone.
    Path(snapshot.path).unlink(missing_ok=True)
    forget_exports(snapshot)
    return snapshot
