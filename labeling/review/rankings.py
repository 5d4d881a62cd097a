"""Current rankings of a project, one row each, and the columns of numbers that the statistics are made of.

Candidates are the same where prompt and text are, and stand in the order of their creation; only current judgments of
purpose work are read (architecture, Fixed points).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db import connection

from labeling.projects.models import Project
from labeling.review.statistics.judgments import Judgments
from labeling.review.statistics.kendall import Rankings
from labeling.review.statistics.scores import Scores

# One row a ranking crosses to Python, with its outputs as arrays; earliest first, since a labeler's first counts.
RANKINGS = """
WITH same AS (  -- every candidate's first twin: same prompt, same text
    SELECT id, first_value("order") OVER (PARTITION BY prompt_id, text_key ORDER BY "order") AS twin
    FROM collection_candidate
    WHERE prompt_id IN (SELECT id FROM collection_prompt WHERE project_id = %(project)s)
)
SELECT t.prompt_id, a.labeler_id, j.pool, b.number, b.name, g.version,
       date_trunc('week', j.created_at AT TIME ZONE %(zone)s)::date, p.use_case, p.language, j.rubric_id,
       array_agg(s.twin ORDER BY s.twin, r.id), array_agg(r.rank ORDER BY s.twin, r.id),
       array_agg(r.overall ORDER BY s.twin, r.id), jsonb_agg(r.flags ORDER BY s.twin, r.id)
FROM collection_judgment j
JOIN collection_assignment a ON a.id = j.assignment_id AND a.project_id = %(project)s
JOIN collection_task t ON t.id = a.task_id AND t.purpose = 'work' AND t.kind = 'comparison'
JOIN collection_batch b ON b.id = t.batch_id AND (b.status = 'accepted' OR NOT %(accepted_only)s)
JOIN collection_prompt p ON p.id = t.prompt_id
JOIN collection_rating r ON r.comparison_id = j.id
JOIN same s ON s.id = r.candidate_id
LEFT JOIN projects_guideline g ON g.id = j.guideline_id
WHERE j.current
GROUP BY j.id, t.id, a.id, b.id, p.id, g.id
ORDER BY j.created_at, j.id
"""


@dataclass(frozen=True)
class RankedJudgment:
    prompt: UUID
    labeler: UUID
    pool: str
    batch: int
    batch_name: str
    guideline: int | None
    week: date
    """Its Monday, in the project's time zone."""
    use_case: str
    language: str
    rubric: UUID | None
    outputs: Sequence[int]
    """In order of creation; the first of those with the same text."""
    ranks: Sequence[int]
    overalls: Sequence[int | None]
    flags: Sequence[dict[str, bool]]


def rankings_of(project: Project, *, accepted_only: bool = False) -> list[RankedJudgment]:
    """Every current ranking of the project, or of its accepted batches, earliest first."""
    with connection.cursor() as cursor:
        cursor.execute(RANKINGS, {"project": project.pk, "zone": project.time_zone, "accepted_only": accepted_only})
        # Django leaves jsonb to its model fields, so a cursor of its own gets text.
        return [RankedJudgment(*(*row[:-1], json.loads(row[-1]))) for row in cursor.fetchall()]


def unit_rows(rows: Sequence[RankedJudgment]) -> Iterator[tuple[UUID, tuple[int, int], UUID, int, RankedJudgment]]:
    """Each labeler's first judgment of each unit: (prompt, unit, labeler, value, the ranking it comes of)."""
    seen: set[tuple[UUID, int, int, UUID]] = set()
    for row in rows:
        outputs = list(zip(row.outputs, row.ranks, strict=True))
        for (a, x), (b, y) in combinations(outputs, 2):
            unit = (row.prompt, a, b, row.labeler)
            if a != b and unit not in seen:
                seen.add(unit)
                yield row.prompt, (a, b), row.labeler, (x > y) - (x < y), row


def judgments_of(rows: Sequence[RankedJudgment]) -> tuple[Judgments, list[RankedJudgment]]:
    """The judgments of units, and for each of them the ranking it comes of."""
    units = list(unit_rows(rows))
    return Judgments.from_rows(unit[:4] for unit in units), [unit[4] for unit in units]


def ranking_columns(rows: Sequence[RankedJudgment]) -> Rankings:
    """Whole rankings; an item is one set of outputs of a prompt."""
    return Rankings.from_rows((row.prompt, tuple(row.outputs), row.labeler, row.ranks) for row in rows)


def rating_columns(rows: Sequence[RankedJudgment]) -> Scores:
    """The 1-7 ratings, where they were given."""
    return Scores.from_rows(
        (row.prompt, output, row.labeler, overall)
        for row in rows
        for output, overall in zip(row.outputs, row.overalls, strict=True)
        if overall is not None
    )


def flag_columns(rows: Sequence[RankedJudgment], flag: str, asked: set[UUID]) -> Scores:
    """One flag's answers, 0 and 1, of the judgments whose rubric (one of `asked`) has it; unset is no."""
    return Scores.from_rows(
        (row.prompt, output, row.labeler, int(flags.get(flag, False)))
        for row in rows
        if row.rubric in asked
        for output, flags in zip(row.outputs, row.flags, strict=True)
    )


def attribute(rows: Sequence[RankedJudgment], name: str) -> list[Any]:
    """One attribute of each row; an empty one is None, and so left out of tables."""
    return [getattr(row, name) or None for row in rows]
