"""Walking the queue of one kind for one labeler, from their bookmark on: nothing is looked at twice for nothing.

A bookmark says two things: up to which `place` (batch number, slot number, position) the queue was passed, and up to
which transaction the slots that came free again were. It promises:

    P: no free slot before `place` is for this labeler, but those freed at or after (freed_in, freed_slot).

"Not for this labeler" lasts: a task that they had, they had for ever; a prompt's author and a slot's pools stay, and
a free slot that is changed is freed anew by the trigger of migration 0005 (so one whose sensitive categories change);
for another pool the bookmark is void; who opts into a category again loses their bookmarks (services.opt_out).
What P leaves out, `rows_freed` finds. What keeps P:

- The place moves over rows that one statement saw to be for others. What that statement could not see was freed in a
  transaction T not ended then, so T >= the snapshot's xmin. The freed mark only ever stands at transactions below
  the xmin of an earlier snapshot, and xmin never falls. So T is after the mark, and will be met among the freed.
- The freed mark moves over rows freed in transactions below the xmin of the statement's snapshot: all those had ended,
  so no further row can turn up among them. A row that it moves over is for others, or is not before the place: then
  it is met in order, because the place moves later, by a statement whose snapshot is no older. Hence rows in order that
  were read before the freed mark moved by a later statement are thrown away and read again.
- New batches come after all places: their numbers are drawn under the project's lock, held until they are visible.

Work: each free slot is passed once by each labeler, and once more each time that it comes free again. Beyond that a
call reads a chunk of each index. What cannot be passed yet, because a writing transaction goes on meanwhile, is read
again until that ends.
"""

from collections.abc import Iterator, Sequence

from labeling.collection.models import Bookmark
from labeling.collection.selectors.queue_rows import QueueRow, read_queue

CHUNK = 16
LARGEST_CHUNK = 1024


class QueueWalk:
    """One walk. `mark` is moved along in memory; who took something under the membership's lock saves it."""

    def __init__(self, mark: Bookmark, in_order: Sequence[QueueRow], freed: Sequence[QueueRow], limit: int) -> None:
        """`in_order` and `freed` are the first `limit` rows after the mark, of one read_queue."""
        self.mark = mark
        self._in_order: Sequence[QueueRow] | None = in_order
        self._freed = freed
        self._limit = limit

    def chunks(self) -> Iterator[list[QueueRow]]:
        """Slots for this labeler, each list in the queue's order: freed ones that they have passed, then the rest.

        Never an empty list. The freed come in the order in which they were freed, a chunk at a time.
        """
        yield from self._passed_and_freed()
        yield from self._ahead()

    def _passed_and_freed(self) -> Iterator[list[QueueRow]]:
        rows, limit, moving = self._freed, self._limit, True
        while rows:
            found = []
            for row in rows:
                wanted = row.for_them and row.place < self.mark.place
                if wanted:
                    found.append(row)
                moving = moving and not wanted and row.freed_in < row.horizon
                if moving:
                    self.mark.freed_in, self.mark.freed_slot = row.freed_in, row.slot + 1
            if found:
                yield sorted(found, key=lambda row: row.place)
            if len(rows) < limit:
                return
            self._in_order = None  # older than what is read now
            limit = min(4 * limit, LARGEST_CHUNK)
            after = Bookmark(
                membership=self.mark.membership,
                kind=self.mark.kind,
                freed_in=rows[-1].freed_in,
                freed_slot=rows[-1].slot + 1,
            )
            _, rows = read_queue([after], limit=limit, in_order=False)

    def _ahead(self) -> Iterator[list[QueueRow]]:
        limit, moving, after = self._limit, True, self.mark.place
        rows = self._in_order
        while True:
            if rows is None:
                start = Bookmark(membership=self.mark.membership, kind=self.mark.kind)
                start.place = after
                rows, _ = read_queue([start], limit=limit, freed=False)
            found = [row for row in rows if row.for_them]
            for row in rows:
                if moving:
                    moving = not row.for_them
                    self.mark.place = row.next_place if moving else row.place
            if found:
                yield found
            if len(rows) < limit:
                return
            after = rows[-1].next_place
            limit, rows = min(4 * limit, LARGEST_CHUNK), None


def walks(marks: Sequence[Bookmark], *, limit: int = CHUNK) -> list[QueueWalk]:
    """A walk from each of these bookmarks (of one member, each of another kind); one query to begin with."""
    in_order, freed = read_queue(marks, limit=limit)
    return [
        QueueWalk(
            mark,
            [row for row in in_order if row.kind == mark.kind],
            [row for row in freed if row.kind == mark.kind],
            limit,
        )
        for mark in marks
    ]
