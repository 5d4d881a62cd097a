"""Things of a project by their id, or by how it begins."""

import re
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from labeling.collection.models import Assignment, Batch, Candidate, Judgment, Prompt, Task
from labeling.projects.models import Project

FEWEST_DIGITS = 8
# With so many digits given there is one; more than a few would be a miracle.
MOST_OF_A_KIND = 5


def id_range(typed: str) -> tuple[UUID, UUID] | None:
    """The lowest and the highest id that begin like this; None where it is no beginning of an id."""
    digits = typed.strip().replace("-", "").lower()
    if not re.fullmatch(rf"[0-9a-f]{{{FEWEST_DIGITS},32}}", digits):
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))


def rows_by_id(project: Project, between: tuple[UUID, UUID]) -> list[tuple[str, Any]]:
    """(kind, row) of what has such an id in the project, on the primary keys."""
    task = "task__batch", "task__prompt"
    things: dict[str, QuerySet[Any]] = {
        "batch": Batch.objects.filter(project=project),
        "prompt": Prompt.objects.filter(project=project),
        "candidate": Candidate.objects.filter(prompt__project=project),
        "task": Task.objects.filter(batch__project=project).select_related("batch", "prompt"),
        "assignment": Assignment.objects.filter(project=project).select_related(*task),
        "judgment": Judgment.objects.filter(assignment__project=project).select_related(
            *(f"assignment__{name}" for name in task), "demonstration"
        ),
    }
    return [(kind, row) for kind, rows in things.items() for row in rows.filter(pk__range=between)[:MOST_OF_A_KIND]]
