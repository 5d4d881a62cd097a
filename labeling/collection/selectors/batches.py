"""Batches of the projects that a person may see, what they hold, and how far they are."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404

from labeling.accounts.models import User
from labeling.collection.models import (
    Assignment,
    AssignmentState,
    Batch,
    Judgment,
    Rating,
    Screening,
    Slot,
    SlotState,
    Task,
    TaskCandidate,
    TaskPurpose,
    WrittenExample,
)
from labeling.collection.selectors.waits import staff_of, why_it_waits
from labeling.projects.selectors import pseudonyms_in, visible_projects


def visible_batches(user: User) -> QuerySet[Batch]:
    """Batches of the projects that this person sees, newest first."""
    return Batch.objects.select_related("project").filter(project__in=visible_projects(user))


def batch_for(user: User, batch_id: UUID) -> Batch:
    """The batch, or Http404 where the user may not see it."""
    return get_object_or_404(visible_batches(user), pk=batch_id)


@dataclass
class Progress:
    """How far a batch is: its tasks, its slots by state, the current answers."""

    purpose: str = TaskPurpose.WORK  # that of all its tasks
    tasks: int = 0
    shared: int = 0  # of its tasks, those that more than one labeler is to judge
    widened: int = 0  # of its tasks, those that were given more labelers than they began with
    judgments: int = 0
    prompts_made: int = 0
    waits: list[str] = field(default_factory=list)  # why nobody takes its free slots: of selectors.waits.Wait
    slots: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SlotState.values, 0))


def progress_of(batches: Iterable[Batch]) -> dict[UUID, Progress]:
    """The progress of each of these batches (with their projects); five queries, however many they are."""
    batches = list(batches)
    progress: dict[UUID, Progress] = defaultdict(Progress)
    tasks = Task.objects.filter(batch__in=batches).values("batch", "purpose")
    counted = tasks.annotate(
        n=Count("pk"),
        shared=Count("pk", filter=Q(overlap__gt=1)),
        widened=Count("pk", filter=Q(batch__max_overlap__isnull=False, overlap__gt=F("batch__overlap"))),
        most=Max("overlap"),
    )
    most_overlap = {}
    for row in counted:
        of_batch = progress[row["batch"]]
        of_batch.purpose, of_batch.tasks = row["purpose"], row["n"]
        of_batch.shared, of_batch.widened = row["shared"], row["widened"]
        most_overlap[row["batch"]] = row["most"]
    slots = Slot.objects.filter(task__batch__in=batches)
    marked = Count("pk", filter=Q(state=SlotState.FREE, sensitive__len__gt=0))
    sensitive: Counter[UUID] = Counter()
    for of, state, count, of_these in slots.values_list("task__batch", "state").annotate(n=Count("pk"), marked=marked):
        progress[of].slots[state] = count
        sensitive[of] += of_these
    staff = staff_of(batches)
    for batch in batches:
        here = progress[batch.pk]
        if here.purpose == TaskPurpose.WORK:
            here.waits = why_it_waits(
                batch,
                staff,
                free=here.slots[SlotState.FREE],
                sensitive=sensitive[batch.pk],
                most_overlap=most_overlap.get(batch.pk, 0),
            )
    answers = Judgment.objects.filter(
        assignment__task__batch__in=batches, current=True, assignment__state=AssignmentState.SUBMITTED
    )
    for of, count in answers.values_list("assignment__task__batch").annotate(n=Count("pk")):
        progress[of].judgments = count
    made = WrittenExample.objects.filter(
        judgment__assignment__task__batch__in=batches, judgment__current=True, prompt__withdrawn_at=None
    )
    for of, count in made.values_list("judgment__assignment__task__batch").annotate(n=Count("pk")):
        progress[of].prompts_made = count
    return progress


def batch_tasks(batch: Batch) -> QuerySet[Task]:
    """A batch's tasks with candidates, their models, all current answers and skips; a fixed number of queries.

    `verdicts` are of review, which imports this app: they are reached by their name on the judgment.
    """
    candidates = TaskCandidate.objects.select_related("candidate__generation__model").order_by("candidate__order")
    answers = (
        Judgment.objects.filter(current=True)
        .select_related("demonstration", "comparison", "written")
        .prefetch_related(
            Prefetch("comparison__ratings", queryset=Rating.objects.order_by("candidate__order")),
            Prefetch("examples", queryset=WrittenExample.objects.order_by("index")),
            "verdicts",
        )
    )
    assignments = (
        Assignment.objects.filter(state__in=_SHOWN)
        .order_by("created_at", "pk")
        .prefetch_related(Prefetch("judgments", queryset=answers, to_attr="answers"))
    )
    return (
        Task.objects.filter(batch=batch)
        .select_related("prompt", "brief__source__written")
        .prefetch_related(
            Prefetch("task_candidates", queryset=candidates, to_attr="shown_candidates"),
            Prefetch("assignments", queryset=assignments, to_attr="shown_assignments"),
        )
    )


_SHOWN = (
    AssignmentState.SUBMITTED,
    AssignmentState.RETURNED,
    AssignmentState.REJECTED,
    AssignmentState.SKIPPED,
    # Returned work that its labeler has in hand: what they answered before is still the newest.
    AssignmentState.CURRENT,
)


def pseudonyms_of(batch: Batch) -> dict[Any, str]:
    """User id -> pseudonym in the batch's project; in screening a code, which stands beside no name elsewhere."""
    if batch.part:
        screenings = Screening.objects.filter(membership__project=batch.project_id)
        return {user: str(code) for user, code in screenings.values_list("membership__user", "pk")}
    return pseudonyms_in(batch.project_id)
