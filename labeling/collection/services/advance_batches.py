"""Batches whose work is done go into review by themselves."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from labeling.accounts.events import record_event
from labeling.collection.models import (
    Batch,
    BatchStatus,
    Slot,
    SlotState,
    Task,
    TaskPurpose,
)
from labeling.collection.services.adaptive_overlap import ask_more, unweighed_tasks
from labeling.collection.services.slots import WORKING
from labeling.collection.services.undo import undoable
from labeling.projects.models import Project


def advance_batches(*, project: Project | None = None) -> int:
    """Move each batch whose slots are all done or closed, and whose undo windows are over, into review; of adaptive
    batches ask further labelers before.

    Called when somebody looks at batches, and by the worker's monitor. Returns how many moved.
    """
    ask_more(project=project)
    ready = _ready().filter(project=project) if project else _ready()
    return sum(_advance(batch) for batch in ready)


def _ready() -> QuerySet[Batch]:
    unfinished = Slot.objects.filter(task__batch=OuterRef("pk"), state__in=[SlotState.FREE, SlotState.HELD])
    # Sets and checks stay open: the next member does them, too.
    standing = Task.objects.filter(batch=OuterRef("pk")).exclude(purpose=TaskPurpose.WORK)
    unweighed = unweighed_tasks(OuterRef("pk"))
    begun = Slot.objects.filter(task__batch=OuterRef("pk"))
    return Batch.objects.filter(
        Exists(begun),
        ~Exists(unfinished),
        ~Exists(undoable().filter(task__batch=OuterRef("pk"))),
        ~Exists(standing),
        Q(max_overlap=None) | ~Exists(unweighed),
        status__in=WORKING,
        imported=False,
    )


@transaction.atomic
def _advance(batch: Batch) -> bool:
    # Locked, then asked again: an undo or a correction of this very moment holds the batch's lock.
    Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    moved = _ready().filter(pk=batch.pk).update(status=BatchStatus.IN_REVIEW, in_review_at=Now(), decided_at=None)
    if moved:
        record_event(None, "batch.in_review", batch)
    return bool(moved)
