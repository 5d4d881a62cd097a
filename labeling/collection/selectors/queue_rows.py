"""Rows of the queue of free slots, as one labeler meets them.

Two indexes over free slots are read, a few rows at a time from where the labeler's bookmark stands: all of them in
the order in which they are given out, and those that came free again in the order of the transactions that freed
them. queue_walk moves the bookmarks and says why nothing is missed.

In SQL, so that the plan is the one that is meant: a few index entries, then for each of them whether it is for this
labeler. The scalar subqueries cannot be made a join with all that the labeler ever had.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from labeling.collection.models import Bookmark
from labeling.prepared import prepared_rows
from labeling.projects.models import Membership, TaskKind

# The database cluster's own number; a copy that was restored elsewhere has another.
CLUSTER = "(SELECT system_identifier FROM pg_control_system())"

BOOKMARKS = f"""
    SELECT *, cluster = {CLUSTER} AS here FROM collection_bookmark
    WHERE membership_id = ANY(%s::uuid[]) AND kind = ANY(%s)
"""  # noqa: S608 (no value in it)

# A slot for everybody of their pool, with nothing that they opted out of, a task that this person never had, a prompt
# that they did not write; nor, where a prompt is made anonymous, its source. A writing task has no prompt, and no other
# task a brief, so one look is enough.
FOR_THEM = """
    look.pool = ANY(slot.pools) AND slot.reserved_for_id IS NULL
    AND NOT slot.sensitive && string_to_array(look.opted_out, ',')::varchar[]
    AND (SELECT true FROM collection_assignment had
         WHERE had.task_id = slot.task_id AND had.labeler_id = look.labeler) IS NULL
    AND CASE look.kind WHEN 'prompt' THEN
            (SELECT true FROM collection_promptbrief brief
             WHERE brief.task_id = slot.task_id AND brief.source_author_id = look.labeler)
        ELSE
            (SELECT nullif(look.labeler IN (prompt.author_id, prompt.first_author_id), false)
             FROM collection_task task JOIN collection_prompt prompt ON prompt.id = task.prompt_id
             WHERE task.id = slot.task_id)
        END IS NULL
"""

LOOK = """
    WITH look AS (
        SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[], %s::int[], %s::int[],
                             %s::int[], %s::bigint[], %s::bigint[])
            AS one (project, kind, pool, opted_out, labeler, batch_number, number, position, freed_in, freed_slot)
    )
"""

IN_ORDER = f"""
    SELECT look.project, look.kind, false, slot.id, slot.task_id, slot.batch_number, slot.number, slot.position,
           0::bigint, 0::bigint, {FOR_THEM}
    FROM look CROSS JOIN LATERAL (
        SELECT id, task_id, batch_number, number, position, pools, sensitive, reserved_for_id
        FROM collection_slot free
        WHERE free.project_id = look.project AND free.kind = look.kind AND free.state = 'free'
          AND (free.batch_number, free.number, free.position) >= (look.batch_number, look.number, look.position)
        ORDER BY free.batch_number, free.number, free.position LIMIT {{limit}}
    ) slot
"""  # noqa: S608 (all values are parameters)

FREED = f"""
    SELECT look.project, look.kind, true, slot.id, slot.task_id, slot.batch_number, slot.number, slot.position,
           slot.freed_in, pg_snapshot_xmin(pg_current_snapshot())::text::bigint, {FOR_THEM}
    FROM look CROSS JOIN LATERAL (
        SELECT id, task_id, batch_number, number, position, pools, sensitive, reserved_for_id, freed_in
        FROM collection_slot free
        WHERE free.project_id = look.project AND free.kind = look.kind AND free.state = 'free'
          AND free.freed_in IS NOT NULL AND (free.freed_in, free.id) >= (look.freed_in, look.freed_slot)
        ORDER BY free.freed_in, free.id LIMIT {{limit}}
    ) slot
"""  # noqa: S608 (all values are parameters)


class QueueRow(NamedTuple):
    """A free slot, as one labeler met it in one of the two indexes."""

    project: UUID
    kind: str
    freed_again: bool  # which index
    slot: int
    task: UUID
    batch_number: int
    number: int
    position: int
    freed_in: int
    horizon: int  # with freed_again: every transaction with a lower id had ended when this was read
    for_them: bool

    @property
    def place(self) -> tuple[int, int, int]:
        return self.batch_number, self.number, self.position

    @property
    def next_place(self) -> tuple[int, int, int]:
        return self.batch_number, self.number, self.position + 1


def bookmarks_of(
    memberships: Sequence[Membership], kinds: Sequence[str] = tuple(TaskKind.values)
) -> dict[tuple[Any, str], Bookmark]:
    """By project's id and kind, one bookmark each: as it stands, or at the beginning where it does not hold here."""
    members = {membership.pk: membership for membership in memberships}
    marks = {
        (membership.project_id, kind): Bookmark(membership=membership, kind=kind, pool=membership.pool)
        for membership in memberships
        for kind in kinds
    }
    for mark in Bookmark.objects.raw(BOOKMARKS, [list(members), list(kinds)]):
        membership = members[mark.membership_id]
        if mark.pool == membership.pool and mark.here:  # type: ignore[attr-defined]
            mark.membership = membership
            marks[membership.project_id, mark.kind] = mark
    return marks


def read_queue(
    marks: Iterable[Bookmark], *, limit: int, in_order: bool = True, freed: bool = True
) -> tuple[list[QueueRow], list[QueueRow]]:
    """What lies after these bookmarks in each of the two indexes (in order, freed again), at most `limit` rows each.

    One query, and so one snapshot of the database.
    """
    looks = [
        (
            mark.membership.project_id, mark.kind, mark.membership.pool, ",".join(mark.membership.opted_out),
            mark.membership.user_id, *mark.place, mark.freed_in, mark.freed_slot,
        )
        for mark in marks
    ]  # fmt: skip
    parts = [IN_ORDER] * in_order + [FREED] * freed
    sql = LOOK + " UNION ALL ".join(parts).format(limit=limit)
    rows = [QueueRow(*row) for row in prepared_rows(sql, [list(column) for column in zip(*looks, strict=True)])]
    return (
        sorted((row for row in rows if not row.freed_again), key=lambda row: row.place),
        sorted((row for row in rows if row.freed_again), key=lambda row: (row.freed_in, row.slot)),
    )
