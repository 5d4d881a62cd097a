"""Finding an item of a project by its id, or by words in its texts, with where it stands."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from labeling.collection.models import Batch, Candidate, Prompt, Task, TaskCandidate
from labeling.collection.selectors.find_ids import id_range, rows_by_id
from labeling.collection.selectors.find_text import KINDS, Place, rows_with, words_of
from labeling.errors import InvalidError
from labeling.projects.models import Project

PAGE = 20
# Characters of an excerpt before its first match, and in all.
BEFORE, LONGEST = 80, 280


@dataclass(frozen=True)
class Piece:
    """A part of an excerpt: what was looked for, or what stands between."""

    text: str
    match: bool


@dataclass(frozen=True)
class Hit:
    """One thing that was found. `item`: its number in the batch, from 1; both None where no task has it yet."""

    kind: str
    id: UUID
    excerpt: list[Piece]
    state: str
    prompt: UUID | None
    batch: Batch | None
    item: int | None


def find(project: Project, typed: str, cursor: str = "") -> tuple[list[Hit], str | None]:
    """A page of what is found, and the cursor of the next. Ids come first; words by kind, then by id."""
    between = None if cursor else id_range(typed)
    rows = rows_by_id(project, between) if between else []
    words = words_of(typed)
    more = rows_with(project, words, _place_of(cursor), PAGE + 1) if words else []
    shown = more[:PAGE]
    onward = f"{shown[-1][0]}.{shown[-1][1].pk}" if len(more) > PAGE else None
    marks = words.marks if words else None
    tasks = _newest_tasks([row for _, row in [*rows, *shown]])
    hits = [_hit(kind, row, None, tasks) for kind, row in rows]
    return hits + [_hit(kind, row, marks, tasks) for kind, row in shown], onward


def _place_of(cursor: str) -> Place:
    if not cursor:
        return Place(KINDS[0])
    kind, _, after = cursor.partition(".")
    try:
        return Place(KINDS[KINDS.index(kind)], UUID(after))
    except ValueError as error:
        raise InvalidError("This is no cursor of this list.", errors={"cursor": ["Unknown."]}) from error


def _newest_tasks(rows: Iterable[Any]) -> dict[UUID, Task]:
    """The newest task that shows each of these prompts and candidates, by their ids."""
    rows = list(rows)
    tasks = Task.objects.select_related("batch")
    prompts = [row.pk for row in rows if isinstance(row, Prompt)]
    candidates = [row.pk for row in rows if isinstance(row, Candidate)]
    found: dict[Any, Task] = {}
    for task in tasks.filter(prompt__in=prompts).order_by("prompt", "-created_at", "pk").distinct("prompt"):
        found[task.prompt_id] = task
    shown = TaskCandidate.objects.filter(candidate__in=candidates).select_related("task__batch")
    for one in shown.order_by("candidate", "-task__created_at", "pk").distinct("candidate"):
        found[one.candidate_id] = one.task
    return found


def _hit(kind: str, row: Any, marks: re.Pattern[str] | None, tasks: dict[UUID, Task]) -> Hit:
    task, text, state = _told(kind, row, tasks)
    batch = task.batch if task else None
    prompt = task.prompt_id if task else None
    if kind == "batch":
        batch = row
    elif kind == "prompt":
        prompt = row.pk
    elif kind == "candidate":
        prompt = row.prompt_id
    elif kind == "written":
        kind = "judgment"
    return Hit(kind, row.pk, excerpt(text, marks), state, prompt, batch, task.position if task else None)


def _told(kind: str, row: Any, tasks: dict[UUID, Task]) -> tuple[Task | None, str, str]:
    """The task in which it stands, its text, and its own state."""
    match kind:
        case "batch":
            return None, row.name, row.status
        case "prompt":
            state = "withdrawn" if row.withdrawn_at else "held_back" if row.held_back else ""
            return tasks.get(row.pk), text_of(row), state
        case "candidate":
            return tasks.get(row.pk), row.text, ""
        case "task":
            return row, _asked_in(row), row.status
        case "assignment":
            return row.task, _asked_in(row.task), row.state
    judgment = getattr(row, "judgment", row)  # a demonstration or a written prompt stands for its judgment
    task = judgment.assignment.task
    if (demonstration := getattr(judgment, "demonstration", None)) is not None:
        text = demonstration.response
    elif (written := getattr(judgment, "written", None)) is not None:
        text = "\n\n".join([written.text, *(pair[part] for pair in written.pairs for part in ("query", "response"))])
    else:
        text = _asked_in(task)
    return task, text, judgment.assignment.state


def _asked_in(task: Task) -> str:
    """The prompt, or what is to be written."""
    return text_of(task.prompt) if task.prompt is not None else task.brief.about


def text_of(prompt: Prompt) -> str:
    return "\n\n".join(message["content"] for message in prompt.messages)


def excerpt(text: str, marks: re.Pattern[str] | None) -> list[Piece]:
    """A few words around the first match, cut into what matches and what does not; the beginning where none does."""
    first = marks.search(text) if marks else None
    start = max(0, first.start() - BEFORE) if first else 0
    if start and (space := text.find(" ", start, first.start() if first else None)) >= 0:
        start = space + 1
    shown = text[start : start + LONGEST]
    pieces: list[Piece] = [Piece("…", False)] if start else []
    pieces += _cut(shown, [found.span() for found in marks.finditer(shown)] if marks else [])
    return [*pieces, Piece("…", False)] if start + LONGEST < len(text) else pieces


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> list[Piece]:
    pieces = []
    at = 0
    for start, end in spans:
        pieces += [Piece(text[at:start], False), Piece(text[start:end], True)]
        at = end
    return [piece for piece in [*pieces, Piece(text[at:], False)] if piece.text]
