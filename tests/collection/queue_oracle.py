"""The slow truth about the queue: which free slots are for a person, found without the code under test."""

from typing import NamedTuple
from uuid import UUID

from django.db import connection

from labeling.accounts.models import User
from labeling.projects.models import Project

NEW_TO_THEM = """
    SELECT slot.batch_number, slot.number, slot.position, slot.task_id, slot.freed_in IS NOT NULL
    FROM collection_slot slot
    JOIN collection_task task ON task.id = slot.task_id
    LEFT JOIN collection_prompt prompt ON prompt.id = task.prompt_id
    LEFT JOIN collection_promptbrief brief ON brief.task_id = task.id
    JOIN projects_membership member ON member.project_id = slot.project_id AND member.user_id = %(user)s
    WHERE slot.project_id = %(project)s AND slot.state = 'free' AND slot.reserved_for_id IS NULL
      AND task.status = 'open' AND member.pool = ANY(slot.pools) AND prompt.author_id IS DISTINCT FROM %(user)s
      AND prompt.first_author_id IS DISTINCT FROM %(user)s AND brief.source_author_id IS DISTINCT FROM %(user)s
      AND (prompt.id IS NULL OR NOT prompt.sensitive && member.opted_out)
      AND NOT EXISTS (SELECT FROM collection_assignment a WHERE a.task_id = task.id AND a.labeler_id = %(user)s)
    ORDER BY slot.batch_number, slot.number, slot.position
"""


class FreeSlot(NamedTuple):
    batch_number: int
    number: int
    position: int
    task: UUID
    freed_again: bool


def new_to(user: User, project: Project) -> list[FreeSlot]:
    """Free slots of tasks that this person never had, in the order in which they should be given out."""
    with connection.cursor() as cursor:
        cursor.execute(NEW_TO_THEM, {"user": user.pk, "project": project.pk})
        return [FreeSlot(*row) for row in cursor.fetchall()]
