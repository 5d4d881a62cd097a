"""A page of a project's items, with the rankings of each in short."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from labeling.collection.selectors.find import text_of
from labeling.errors import InvalidError
from labeling.projects.models import Project
from labeling.projects.selectors import pseudonyms_in
from labeling.review.items.cells import Cell, cells_of
from labeling.review.items.filters import Asked, user_of, wanted_items
from labeling.review.items.models import PLACE, ItemFigures
from labeling.review.items.references import ShortReference, references_of
from labeling.statement_limit import limit_statements

PAGE = 20
MOST_SHOWN = 8
"""Rankings of an item that are shown; those of the labelers asked for come first."""

LONGEST = 280
"""Characters of a prompt."""

MOST_MILLISECONDS = 5000

# Candidates have letters in the order of their creation, as on the page of a batch.
RANKINGS = """
SELECT a.task_id, a.labeler_id, j.pool, j.active_seconds,
       ARRAY(SELECT r.rank FROM collection_rating r JOIN collection_candidate c ON c.id = r.candidate_id
             WHERE r.comparison_id = j.id ORDER BY c."order"),
       ARRAY(SELECT r.overall FROM collection_rating r JOIN collection_candidate c ON c.id = r.candidate_id
             WHERE r.comparison_id = j.id ORDER BY c."order")
FROM unnest(%(tasks)s::uuid[]) WITH ORDINALITY AS wanted (id, place)
CROSS JOIN LATERAL (
    SELECT a.id, a.task_id, a.labeler_id FROM collection_assignment a
    JOIN collection_judgment j ON j.assignment_id = a.id AND j.current
    WHERE a.task_id = wanted.id ORDER BY a.labeler_id = ANY(%(first)s) DESC, j.created_at, j.id LIMIT %(most)s
) a
JOIN collection_judgment j ON j.assignment_id = a.id AND j.current
ORDER BY wanted.place, a.labeler_id = ANY(%(first)s) DESC, j.created_at, j.id
"""


@dataclass(frozen=True)
class ShortRanking:
    labeler: str
    """Pseudonym."""
    pool: str
    active_seconds: float
    ranks: list[int]
    """Of the outputs in the order of their letters; empty of a demonstration."""
    overalls: list[int | None]


@dataclass(frozen=True)
class ShortItem:
    figures: ItemFigures
    excerpt: str
    rankings: list[ShortRanking]
    reference: ShortReference | None

    @property
    def unshown(self) -> int:
        """How many more judged it."""
        return max(0, self.figures.judged - len(self.rankings))


def items_page(
    project: Project, asked: Asked, cursor: str = "", size: int = PAGE
) -> tuple[list[ShortItem], str | None]:
    """The most divided items first, or the newest; and the cursor of the next page. InvalidError where that takes long.

    The cursor holds the order's value and the task of the last item, so that each page costs the same.
    """
    items = wanted_items(project, asked).select_related("task__prompt", "task__batch")
    with _in_time():
        found = list(_after(items, asked["order"], cursor)[: size + 1])
    shown = found[:size]
    onward = _cursor_of(shown[-1], asked["order"]) if len(found) > size else None
    return _with_rankings(project, asked, shown), onward


def items_cells(project: Project, asked: Asked) -> list[Cell]:
    """What the labelers `labeler` and `with` said of the pairs of these items. InvalidError where that takes long."""
    labeler, other = (user_of(project, asked[name]) for name in ("labeler", "with"))
    with _in_time():
        return cells_of(wanted_items(project, asked), labeler, other)


@contextmanager
def _in_time() -> Iterator[None]:
    try:
        with transaction.atomic():
            limit_statements(f"{MOST_MILLISECONDS}ms")
            yield
            limit_statements("0")
    except OperationalError as error:
        raise InvalidError(
            "It takes too long to find such items among all. Choose a labeler, a batch or a week as well.",
            code="too_many",
        ) from error


def _cursor_of(item: ItemFigures, order: str) -> str:
    value = item.newest.isoformat() if order == "newest" else repr(item.place)  # type: ignore[attr-defined]
    return f"{value}|{item.task_id}"


# By rows and not column by column, so that a page begins on the index where the last one ended.
_BEYOND = {
    "divided": """(COALESCE("review_itemfigures"."agreement", 2.0), "review_itemfigures"."task_id") > (%s, %s)""",
    "newest": """("review_itemfigures"."newest", "review_itemfigures"."task_id") < (%s, %s)""",
}


def _after(items: QuerySet[ItemFigures], order: str, cursor: str) -> QuerySet[ItemFigures]:
    if cursor:
        value, _, task = cursor.partition("|")
        try:
            last = [datetime.fromisoformat(value) if order == "newest" else float(value), UUID(task)]
        except ValueError as error:
            raise InvalidError("This is no cursor of this list.", errors={"cursor": ["Unknown."]}) from error
        items = items.filter(RawSQL(_BEYOND[order], last, output_field=BooleanField()))  # noqa: S611 (only our own words)
    if order == "newest":
        return items.order_by("-newest", "-task")
    return items.annotate(place=PLACE).order_by("place", "task")


def _with_rankings(project: Project, asked: Asked, items: list[ItemFigures]) -> list[ShortItem]:
    names = pseudonyms_in(project.pk)
    asked_for = {asked.get("labeler"), asked.get("with")}
    first = [user for user, name in names.items() if name in asked_for]
    rankings: dict[UUID, list[ShortRanking]] = {item.task_id: [] for item in items}
    with connection.cursor() as cursor:
        cursor.execute(RANKINGS, {"tasks": [item.task_id for item in items], "first": first, "most": MOST_SHOWN})
        for task, labeler, *rest in cursor.fetchall():
            rankings[task].append(ShortRanking(names.get(labeler, ""), *rest))
    references = references_of(project, list(rankings))
    return [
        ShortItem(item, text_of(item.task.prompt)[:LONGEST], rankings[item.task_id], references.get(item.task_id))  # type: ignore[arg-type]
        for item in items
    ]
