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
            slot = _lock_one(found, membership)
            while slot is None and (more := next(chunks, None)):
                slot = _lock_one(more, membership)
            if slot is not None:
                break
        _save([mark for mark in marks if mark.where != before[mark.kind]])
        if slot is not None or not first:
            return slot
        waited_for = Slot.objects.select_for_update(no_key=True).filter(pk=first[0][2][0].slot, state=SlotState.FREE)
        slot = waited_for.exclude(sensitive__overlap=membership.opted_out).first()
        if slot is not None:
            return slot


_LOCK_ONE = """
    SELECT * FROM collection_slot WHERE id = ANY(%s) AND state = 'free' AND NOT sensitive && %s::varchar[]
    ORDER BY batch_number, number, position LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""


def _lock_one(rows: Sequence[QueueRow], membership: Membership) -> Slot | None:
    """The first of these that is still free, not marked a moment ago as what the member opted out of, and that nobody
    else is taking."""
    return next(iter(Slot.objects.raw(_LOCK_ONE, [[row.slot for row in rows], membership.opted_out])), None)


_SAVE = f"""
    INSERT INTO collection_bookmark (membership_id, kind, pool, cluster, batch_number, number, position, freed_in,
        freed_slot)
    VALUES (%s, %s, %s, {CLUSTER}, %s, %s, %s, %s, %s)
    ON CONFLICT (membership_id, kind) DO UPDATE SET pool = excluded.pool, cluster = excluded.cluster,
        batch_number = excluded.batch_number, number = excluded.number, position = excluded.position,
        freed_in = excluded.freed_in, freed_slot = excluded.freed_slot
"""  # noqa: S608 (no value in it)


def _save(marks: Sequence[Bookmark]) -> None:
    with connection.cursor() as cursor:
        for mark in marks:
            cursor.execute(_SAVE, [mark.membership_id, mark.kind, mark.pool, *mark.where])
