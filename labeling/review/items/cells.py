"""What two labelers said of the same pairs of outputs: the nine cells of their confusion matrix."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from labeling.review.items.models import ItemFigures

SAID = {"first": -1, "tie": 0, "second": 1}
"""What a labeler says of a pair of outputs in the order of their creation: first better, neither, second better."""

CELLS = [f"{mine}-{theirs}" for mine in SAID for theirs in SAID]

# Of one labeler's judgment j and another's k, on a pair of outputs that both ranked.
_PAIRS = """
    FROM collection_assignment a
    JOIN collection_judgment j ON j.assignment_id = a.id AND j.current
    JOIN collection_rating x ON x.comparison_id = j.id
    JOIN collection_rating y ON y.comparison_id = j.id
    JOIN collection_candidate earlier ON earlier.id = x.candidate_id
    JOIN collection_candidate later ON later.id = y.candidate_id AND later."order" > earlier."order"
    JOIN collection_assignment b ON b.task_id = a.task_id AND b.labeler_id = %s
    JOIN collection_judgment k ON k.assignment_id = b.id AND k.current
    JOIN collection_rating v ON v.comparison_id = k.id AND v.candidate_id = x.candidate_id
    JOIN collection_rating w ON w.comparison_id = k.id AND w.candidate_id = y.candidate_id
"""
_IN_CELL = f"""EXISTS (
    SELECT 1 {_PAIRS}
    WHERE a.task_id = review_itemfigures.task_id AND a.labeler_id = %s
    AND sign(x.rank - y.rank) = %s AND sign(v.rank - w.rank) = %s
)"""
_COUNTED = f"""
    SELECT sign(x.rank - y.rank)::int, sign(v.rank - w.rank)::int, count(*), count(DISTINCT a.task_id) {_PAIRS}
    WHERE a.task_id IN ({{tasks}}) AND a.labeler_id = %s GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Cell:
    cell: str
    """One of CELLS: what the one labeler said, and what the other."""
    pairs: int
    """Pairs of outputs of which they said so."""
    items: int
    """Items with such a pair: those that the filter `cell` finds."""


def said_in_cell(labeler: UUID | None, other: UUID | None, cell: str) -> RawSQL:
    """The condition on items of having such a pair."""
    mine, theirs = (SAID[said] for said in cell.split("-"))
    return RawSQL(_IN_CELL, [other, labeler, mine, theirs], output_field=BooleanField())  # noqa: S611 (our own words)


def cells_of(items: QuerySet[ItemFigures], labeler: UUID | None, other: UUID | None) -> list[Cell]:
    """All nine cells of two labelers over these items."""
    tasks, values = items.order_by().values("task").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(tasks=tasks), [other, *values, labeler])
        found = {(mine, theirs): counts for mine, theirs, *counts in cursor.fetchall()}
    said: list[Any] = [(mine, theirs) for mine in SAID.values() for theirs in SAID.values()]
    return [Cell(cell, *found.get(of, (0, 0))) for cell, of in zip(CELLS, said, strict=True)]
