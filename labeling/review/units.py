"""Units of agreement, read from the database: the pairs of candidates of one prompt, and who judged each how.

Candidates are the same where prompt and text are; a pair is oriented by the creation order of its candidates; a
labeler's first judgment of a unit counts; only current judgments of purpose work are read (architecture, Fixed points).
"""

from typing import NamedTuple
from uuid import UUID

from django.db import connection

from labeling.projects.models import Project

# The work is done in the database, so that only one small row per judgment of a unit crosses to Python.
UNITS = """
WITH judged AS (
    SELECT c.judgment_id, a.labeler_id, j.created_at
    FROM collection_comparison c
    JOIN collection_judgment j ON j.id = c.judgment_id AND j.current
    JOIN collection_assignment a ON a.id = j.assignment_id
    JOIN collection_task t ON t.id = a.task_id AND t.purpose = 'work'
    JOIN collection_batch b ON b.id = t.batch_id AND (b.status = 'accepted' OR NOT %(accepted_only)s)
    WHERE a.project_id = %(project)s
), same AS (  -- every candidate's first twin: same prompt, same text
    SELECT id, prompt_id, first_value("order") OVER (PARTITION BY prompt_id, text_key ORDER BY "order") AS twin
    FROM collection_candidate
    WHERE prompt_id IN (SELECT id FROM collection_prompt WHERE project_id = %(project)s)
), pairs AS (
    SELECT sx.prompt_id, sx.twin AS first, sy.twin AS second, judged.labeler_id, judged.created_at,
           sign(x.rank - y.rank)::int AS value
    FROM judged
    JOIN collection_rating x ON x.comparison_id = judged.judgment_id
    JOIN collection_rating y ON y.comparison_id = judged.judgment_id
    JOIN same sx ON sx.id = x.candidate_id
    JOIN same sy ON sy.id = y.candidate_id AND sx.twin < sy.twin
)
SELECT DISTINCT ON (prompt_id, first, second, labeler_id) prompt_id, first, second, labeler_id, value
FROM pairs
ORDER BY prompt_id, first, second, labeler_id, created_at
"""


class UnitJudgment(NamedTuple):
    prompt: UUID
    first: int
    second: int
    labeler: UUID
    value: int
    """-1: first better, 0: tie, 1: second better."""


def unit_judgments(project: Project, *, accepted_only: bool = False) -> list[UnitJudgment]:
    """Every labeler's first judgment of every unit of the project, or of its accepted batches, in order of units."""
    with connection.cursor() as cursor:
        cursor.execute(UNITS, {"project": project.pk, "accepted_only": accepted_only})
        return [UnitJudgment(*row) for row in cursor.fetchall()]
