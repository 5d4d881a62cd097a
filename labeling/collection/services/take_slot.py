"""Taking the next free slot of the queue."""

from collections.abc import Sequence

from django.db import connection

from labeling.collection.models import Bookmark, Slot, SlotState
from labeling.collection.selectors.queue_rows import CLUSTER, QueueRow, bookmarks_of
from labeling.collection.selectors.queue_walk import walks
from labeling.projects.models import Membership


def lock_next_slot(*, membership: Membership, kinds: Sequence[str]) -> Slot | None:
    """Lock the first free slot of these kinds for this member, the oldest batch first; None only when there is none.

    The caller has locked the membership. A slot that another transaction has locked is passed over; but it may come
    free again when that one fails, so before answering None this waits for it.
    """
    while True:
        marks = list(bookmarks_of([membership], kinds).values())
        before = {mark.kind: mark.where for mark in marks}
        first = []
        slot = None
        for walk in walks(marks):
            chunks = walk.chunks()
            if found := next(chunks, None):
                first.append((found[0].batch_number, walk.mark.kind, found, chunks))
        for _, _, found, chunks in sorted(first, key=lambda one: one[:2]):
            slot = _lock_one(found)
            while slot is None and (more := next(chunks, None)):
                slot = _lock_one(more)
            if slot is not None:
                break
        _save([mark for mark in marks if mark.where != before[mark.kind]])
        if slot is not None or not first:
            return slot
        slot = Slot.objects.select_for_update(no_key=True).filter(pk=first[0][2][0].slot, state=SlotState.FREE).first()
        if slot is not None:
            return slot


def _lock_one(rows: Sequence[QueueRow]) -> Slot | None:
    """The first of these that is still free and that nobody else is taking."""
    free = Slot.objects.filter(pk__in=[row.slot for row in rows], state=SlotState.FREE)
    in_order = free.order_by("batch_number", "number", "position")
    return in_order.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()


def _save(marks: Sequence[Bookmark]) -> None:
    for mark in marks:
        if mark.cluster is None:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {CLUSTER}")
                (mark.cluster,) = cursor.fetchone()
        mark.save()
