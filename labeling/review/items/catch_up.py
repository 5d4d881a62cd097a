"""Making the figures of items whose judgments changed.

A trigger notes each such item in the transaction that changes its judgments, so that nothing is missed and submitting
waits for nobody. The notes are taken off by the worker, and by whoever asks for items, at most MOST at a time; one
process a project does so at once, since of two the one that read first could write last.
"""

from uuid import UUID

from django.db import connection, transaction

from labeling.projects.models import Project
from labeling.review.items.models import ItemChange

MOST = 5_000
"""Items whose figures are made again at a time."""

MOST_COUNTED = 100_000

TAKE = """
DELETE FROM review_itemchange WHERE id IN (
    SELECT id FROM review_itemchange WHERE project_id = %s ORDER BY id LIMIT %s
) RETURNING task_id
"""

# In the statement after TAKE, which sees at least what those notes were about.
FIGURES = """
WITH answers AS (
    SELECT t.id AS task_id, t.kind, t.purpose, a.project_id, j.id, j.created_at
    FROM collection_task t
    JOIN collection_assignment a ON a.task_id = t.id
    JOIN collection_judgment j ON j.assignment_id = a.id AND j.current
    WHERE t.id = ANY(%(tasks)s) AND t.purpose IN ('work', 'constant') AND t.kind IN ('comparison', 'demonstration')
), pairs AS (
    SELECT n.task_id, n.id, x.candidate_id AS one, y.candidate_id AS other, sign(x.rank - y.rank) AS said,
           (x.overall - y.overall) * (x.rank - y.rank) > 0 AS contradicts
    FROM answers n
    JOIN collection_rating x ON x.comparison_id = n.id
    JOIN collection_rating y ON y.comparison_id = n.id AND x.candidate_id < y.candidate_id
), said AS (
    SELECT task_id, one, other, count(*) AS times FROM pairs GROUP BY task_id, one, other, said
), units AS (
    SELECT task_id, sum(times) AS judged, sum(times * (times - 1)) AS same FROM said GROUP BY task_id, one, other
), agreement AS (
    SELECT task_id, (sum(same) / nullif(sum(judged * (judged - 1)), 0))::float AS agreement FROM units GROUP BY task_id
), contradicting AS (
    SELECT task_id, count(DISTINCT id) AS rankings FROM pairs WHERE contradicts GROUP BY task_id
)
INSERT INTO review_itemfigures
    (task_id, project_id, kind, purpose, judged, newest, agreement, contradicting)
SELECT n.task_id, n.project_id, n.kind, n.purpose, count(*), max(n.created_at), max(g.agreement),
       coalesce(max(c.rankings), 0)
FROM answers n LEFT JOIN agreement g USING (task_id) LEFT JOIN contradicting c USING (task_id)
GROUP BY n.task_id, n.project_id, n.kind, n.purpose
ON CONFLICT (task_id) DO UPDATE SET
    judged = excluded.judged, newest = excluded.newest, agreement = excluded.agreement,
    contradicting = excluded.contradicting
RETURNING task_id
"""

DROP = "DELETE FROM review_itemfigures WHERE task_id = ANY(%(tasks)s)"


def catch_up(project: Project, most: int = MOST) -> int:
    """Make the figures of at most this many changed items again. About how many are left, at most MOST_COUNTED.

    Where another process is at it for this project, nothing is done.
    """
    _make_some(project.pk, most)
    return ItemChange.objects.filter(project=project)[:MOST_COUNTED].count()


def catch_up_some() -> bool:
    """The worker's step: figures of some changed items of the project that has waited longest; False without any."""
    oldest = ItemChange.objects.order_by("id").values_list("project_id", flat=True).first()
    return oldest is not None and _make_some(oldest, MOST)


@transaction.atomic
def _make_some(project_id: UUID, most: int) -> bool:
    """False where nothing changed, or another process is at it for this project."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"items {project_id}"])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(TAKE, [project_id, most])
        if tasks := list({task for (task,) in cursor.fetchall()}):
            cursor.execute(FIGURES, {"tasks": tasks})
            judged = {task for (task,) in cursor.fetchall()}
            cursor.execute(DROP, {"tasks": [task for task in tasks if task not in judged]})
        return bool(tasks)
