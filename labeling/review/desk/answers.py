"""Reading what the signals look at, for many judgments in one statement."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from labeling.collection.cleaning.texts import text_of
from labeling.collection.models import Batch
from labeling.copy_rows import uuid_array
from labeling.review.risk.answer import Answer
from labeling.review.risk.pace import Usual, usual_pace

USUAL_OVER = 5000  # judgments of the project, the newest ones, that tell what pace is usual

# There were so many to read and to write.
_CHARACTERS = """
    coalesce((SELECT sum(length(message ->> 'content')) FROM jsonb_array_elements(prompt.messages) message), 0)
    + coalesce((
        SELECT sum(length(candidate.text)) FROM collection_taskcandidate link
        JOIN collection_candidate candidate ON candidate.id = link.candidate_id WHERE link.task_id = task.id), 0)
    + coalesce(length(demonstration.response), 0) + coalesce(length(written.text), 0)
"""
_JUDGMENTS = """
    FROM collection_judgment judgment
    JOIN collection_assignment own ON own.id = judgment.assignment_id
    JOIN collection_task task ON task.id = own.task_id
    LEFT JOIN collection_prompt prompt ON prompt.id = task.prompt_id
    LEFT JOIN collection_demonstration demonstration ON demonstration.judgment_id = judgment.id
    LEFT JOIN collection_writtenprompt written ON written.judgment_id = judgment.id
"""
_PACES = f"""
    SELECT own.labeler_id, judgment.active_seconds, {_CHARACTERS} {_JUDGMENTS}
    WHERE judgment.id = ANY(ARRAY(
        SELECT recent.id FROM collection_judgment recent
        JOIN collection_assignment of_project ON of_project.id = recent.assignment_id
        JOIN collection_task of_kind ON of_kind.id = of_project.task_id
        WHERE of_project.project_id = %s AND of_kind.kind = %s AND of_kind.purpose = 'work'
            AND recent.current AND recent.active_seconds > 0
        ORDER BY recent.created_at DESC LIMIT %s))
"""  # noqa: S608 (parts of this file)
# What a text may be copied from is read where there is a text.
_ANSWERS = f"""
    SELECT judgment.id, task.id, own.labeler_id, judgment.active_seconds, {_CHARACTERS},
        CASE WHEN task.kind <> 'comparison' THEN prompt.messages END,
        coalesce(demonstration.response, written.text, ''),
        array_remove(rated.notes, ''),
        CASE WHEN task.kind <> 'comparison' THEN ARRAY(
            SELECT candidate.text FROM collection_taskcandidate link
            JOIN collection_candidate candidate ON candidate.id = link.candidate_id
            WHERE link.task_id = task.id ORDER BY candidate."order") END,
        rated.ranks, rated.overalls, rated.flags, judgment.prompt_flags,
        EXISTS (
            SELECT 1 FROM collection_judgment earlier JOIN review_verdict verdict ON verdict.judgment_id = earlier.id
            WHERE earlier.assignment_id = own.id AND earlier.revision < judgment.revision
                AND verdict.decision = 'return'
                AND NOT EXISTS (SELECT 1 FROM review_verdict undo WHERE undo.undoes_id = verdict.id))
    {_JUDGMENTS}
    LEFT JOIN LATERAL (
        SELECT array_agg(rating.rank ORDER BY candidate."order") AS ranks,
            array_agg(rating.overall ORDER BY candidate."order") AS overalls,
            jsonb_agg(rating.flags ORDER BY candidate."order") AS flags,
            array_agg(rating.note) || array_agg(rating.critique) || array_agg(rating.edit) AS notes
        FROM collection_rating rating JOIN collection_candidate candidate ON candidate.id = rating.candidate_id
        WHERE rating.comparison_id = judgment.id
    ) rated ON true
    WHERE task.id = ANY(%s::uuid[]) AND task.purpose = 'work' AND judgment.current AND own.state = 'submitted'
    ORDER BY task.id, judgment.created_at, judgment.id
"""  # noqa: S608 (parts of this file)


def answers_of(tasks: Iterable[UUID]) -> list[Answer]:
    """What the signals look at, of these tasks' reviewable judgments, ordered by task."""
    return [_answer(*row) for row in _rows(_ANSWERS, [uuid_array(tasks)])]


def usual_of(batch: Batch) -> Usual:
    """What pace is usual in this project for this kind of task, over its newest 5,000 measured judgments."""
    rows = _rows(_PACES, [batch.project_id, batch.kind, USUAL_OVER])
    return usual_pace((labeler, seconds, int(characters)) for labeler, seconds, characters in rows)


def _rows(sql: str, values: list[Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _answer(
    judgment: UUID,
    task: UUID,
    labeler: UUID,
    seconds: float,
    characters: int,
    messages: str | None,
    written: str,
    notes: list[str] | None,
    outputs: list[str] | None,
    ranks: list[int] | None,
    overalls: list[int | None] | None,
    flags: str | None,
    prompt_flags: str,
    came_back: bool,
) -> Answer:
    return Answer(
        id=judgment,
        task=task,
        labeler=labeler,
        seconds=seconds,
        characters=int(characters),
        prompt=text_of(json.loads(messages)) if messages else "",
        written=written,
        notes=tuple(notes or ()),
        outputs=tuple(outputs or ()),
        ranks=tuple(ranks or ()),
        overalls=tuple(overalls or ()),
        flags=tuple(json.loads(flags)) if flags else (),
        prompt_flags=json.loads(prompt_flags),
        came_back=came_back,
    )
