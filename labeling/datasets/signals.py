"""What data sets do when collection says that prompts were recalled."""

from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver
from django.utils import timezone

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import Prompt
from labeling.collection.services.recall import prompts_recalled
from labeling.datasets.models import Snapshot, SnapshotRecord


@receiver(prompts_recalled)
def mark_snapshots(actor: User | None, prompts: QuerySet[Prompt], **_: Any) -> None:
    """Snapshots that hold one of them say so from now on; their files can be purged."""
    holding = SnapshotRecord.objects.filter(prompt__in=prompts).values("snapshot")
    for snapshot in Snapshot.objects.select_for_update().filter(pk__in=holding, marked_at=None).order_by("pk"):
        snapshot.marked_at = timezone.now()
        snapshot.save(update_fields=["marked_at"])
        record_event(actor, "snapshot.marked", snapshot)
