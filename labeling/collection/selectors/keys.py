"""Keys of tasks that are no work, for researchers; and the comparison with them, for who is being calibrated."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from labeling.accounts.models import User
from labeling.collection.models import (
    Assignment,
    AssignmentState,
    Judgment,
    Rating,
    Task,
    TaskKey,
    TaskPurpose,
)
from labeling.collection.ranks import pairs_agreeing
from labeling.collection.submission import blind_ids
from labeling.projects.models import Pool, Project, TaskKind
from labeling.projects.selectors import visible_projects


def tasks_with_keys(project: Project) -> QuerySet[Task]:
    """The project's tasks that are no work, with their `newest_keys` first to last; repeats of constants left out."""
    keys = TaskKey.objects.select_related("created_by").order_by("-version")
    return (
        Task.objects.filter(batch__project=project, repeat_of=None)
        .exclude(purpose=TaskPurpose.WORK)
        .select_related("batch", "prompt")
        .prefetch_related(Prefetch("keys", queryset=keys, to_attr="newest_keys"), "task_candidates")
    )


def task_for(user: User, task_id: UUID) -> Task:
    """The task, or Http404 where the user does not see its project."""
    tasks = Task.objects.filter(batch__project__in=visible_projects(user)).select_related("batch__project", "prompt")
    return get_object_or_404(tasks, pk=task_id)


def judgments_for_key(tasks: Sequence[Task]) -> dict[UUID, list[Judgment]]:
    """For each task, researchers' current judgments of its prompt and just its outputs; the newest first."""
    found = (
        Judgment.objects.filter(
            current=True,
            pool=Pool.RESEARCHER,
            assignment__state=AssignmentState.SUBMITTED,
            assignment__task__prompt__in={task.prompt_id for task in tasks},
        )
        .select_related("assignment__task", "assignment__labeler")
        .prefetch_related("assignment__task__task_candidates")
        .order_by("-created_at")
    )
    by_content: dict[Any, list[Judgment]] = defaultdict(list)
    for judgment in found:
        by_content[_content(judgment.assignment.task)].append(judgment)
    return {task.pk: by_content[_content(task)] for task in tasks}


def _content(task: Task) -> tuple[str, UUID | None, frozenset[UUID]]:
    return task.kind, task.prompt_id, frozenset(link.candidate_id for link in task.task_candidates.all())


@dataclass(frozen=True)
class Feedback:
    """A labeler's answer to an item of calibration beside its key; outputs under the assignment's random ids."""

    kind: str
    reasons: str
    prompt_flags: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    response: str | None
    agree: int
    pairs: int


def feedback_on(*, user: User, assignment_id: UUID) -> Feedback:
    """The key to an own calibration item, once it is submitted. Http404 for everything else, gold as work."""
    assignment = get_object_or_404(
        Assignment.objects.filter(
            labeler=user, state=AssignmentState.SUBMITTED, task__purpose=TaskPurpose.CALIBRATION
        ).select_related("task"),
        pk=assignment_id,
    )
    key = newest_key(assignment.task_id)
    if key is None:
        raise Http404
    own = Judgment.objects.get(assignment=assignment, current=True)
    flags = _differing(own.prompt_flags, key.judgment.prompt_flags)
    if assignment.task.kind == TaskKind.DEMONSTRATION:
        response = key.judgment.demonstration.response
        return Feedback(assignment.task.kind, key.reasons, flags, [], response, 0, 0)
    ours, theirs = ratings_of(own), ratings_of(key.judgment)
    agree, pairs = pairs_agreeing(
        {pk: rating.rank for pk, rating in ours.items()}, {pk: rating.rank for pk, rating in theirs.items()}
    )
    shown = blind_ids(assignment)
    outputs = [
        {
            "candidate": shown[pk],
            "overall": ours[pk].overall,
            "key_overall": theirs[pk].overall,
            "rank": ours[pk].rank,
            "key_rank": theirs[pk].rank,
            "flags": _differing(ours[pk].flags, theirs[pk].flags),
            "note": theirs[pk].note,
        }
        for pk in sorted(ours, key=lambda pk: ours[pk].position)
    ]
    return Feedback(assignment.task.kind, key.reasons, flags, outputs, None, agree, pairs)


def newest_key(task_id: UUID) -> TaskKey | None:
    return TaskKey.objects.select_related("judgment").filter(task=task_id).order_by("-version").first()


def ratings_of(judgment: Judgment) -> dict[UUID, Rating]:
    """A comparison's ratings by candidate, in the order of the candidates' creation."""
    ratings = judgment.comparison.ratings.order_by("candidate__order")
    return {rating.candidate_id: rating for rating in ratings}


def _differing(own: dict[str, bool], key: dict[str, bool]) -> list[dict[str, Any]]:
    """Flags that were set by one of the two only. A flag that nobody touched is no."""
    return [
        {"flag": flag, "yours": own.get(flag, False), "key": key.get(flag, False)}
        for flag in sorted({*own, *key})
        if own.get(flag, False) != key.get(flag, False)
    ]
