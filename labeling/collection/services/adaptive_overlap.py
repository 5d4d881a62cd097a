"""Adaptive overlap: a further labeler for each task on which those who ranked it disagree, up to a limit."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from labeling.accounts.events import record_event
from labeling.collection.consensus import consensus
from labeling.collection.models import (
    LIVE_STATES,
    Assignment,
    AssignmentState,
    Batch,
    Rating,
    Slot,
    SlotState,
    Task,
    TaskPurpose,
    TaskStatus,
)
from labeling.collection.services.slots import WORKING
from labeling.collection.services.undo import undoable
from labeling.errors import InvalidError
from labeling.projects.models import Project, TaskKind

AT_ONCE = 200


def check_adaptive(
    *, kind: str, purpose: str, overlap: int, max_overlap: int | None, least_consensus: float | None
) -> None:
    """Raise InvalidError, by field, where these do not go together; `overlap` is what a (shared) task begins with."""
    errors = {}
    if max_overlap is None and least_consensus is not None:
        errors["max_overlap"] = ["Say how many labelers a task may have at most."]
    elif max_overlap is not None and least_consensus is None:
        errors["least_consensus"] = ["Say below which consensus one more labeler is asked."]
    elif max_overlap is not None and (kind != TaskKind.COMPARISON or purpose != TaskPurpose.WORK):
        errors["max_overlap"] = ["Only rankings that are work can be asked of more labelers where the first disagree."]
    elif max_overlap is not None and overlap < 2:
        errors["overlap"] = ["Two labelers at least: one alone cannot disagree."]
    elif max_overlap is not None and max_overlap <= overlap:
        errors["max_overlap"] = [f"More than the {overlap} labelers that each task has from the start."]
    if errors:
        raise InvalidError("These settings of adaptive overlap do not go together.", errors=errors)


def ask_more(*, project: Project | None = None) -> int:
    """Weigh each task of adaptive batches whose judgments are all in and can no longer be undone: below its batch's
    least consensus it gets one more slot, until it has `max_overlap`; at or above, what was still free is closed.

    Weighed once for the same judgments (`Task.consensus`); a correction or a further judgment makes it due again.
    Called before batches go into review. Returns how many slots were added.
    """
    batches = Batch.objects.filter(status__in=WORKING, max_overlap__isnull=False)
    if project:
        batches = batches.filter(project=project)
    added = 0
    for batch in batches:
        if not due_tasks(batch.pk).exists():
            continue
        weighed = AT_ONCE
        while weighed == AT_ONCE:
            weighed, more = _weigh_some(batch)
            added += more
    return added


def due_tasks(batch: UUID | OuterRef) -> QuerySet[Task]:
    """Tasks of this adaptive batch that were not weighed since their last judgment, and whose judgments are all in."""
    slots = Slot.objects.filter(task=OuterRef("pk"))
    # A slot that was added may be free: it is closed again where a correction has settled the matter.
    unfinished = slots.filter(Q(state=SlotState.HELD) | Q(state=SlotState.FREE, number__lte=OuterRef("batch__overlap")))
    return unweighed_tasks(batch).filter(~Exists(unfinished), ~Exists(undoable().filter(task=OuterRef("pk"))))


def unweighed_tasks(batch: UUID | OuterRef) -> QuerySet[Task]:
    """Open tasks of this batch that two or more labelers judge, and whose consensus is not known."""
    return Task.objects.filter(
        batch=batch, purpose=TaskPurpose.WORK, status=TaskStatus.OPEN, overlap__gte=2, consensus=None
    )


@transaction.atomic
def _weigh_some(batch: Batch) -> tuple[int, int]:
    """Weigh up to AT_ONCE tasks; how many were, and how many slots were added."""
    # Corrections lock the batch, too, so that none comes while its task is weighed.
    batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.status not in WORKING:
        return 0, 0
    due = due_tasks(batch.pk).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    # Locked, then asked again: a skip of this very moment may send one of them to researchers.
    locked = Task.objects.select_for_update(no_key=True).filter(pk__in=list(due)).order_by("pk")
    still_due = set(due_tasks(batch.pk).filter(pk__in=[task.pk for task in locked]).values_list("pk", flat=True))
    tasks = [task for task in locked if task.pk in still_due]
    rankings = _rankings(tasks)
    added = 0
    for task in tasks:
        task.consensus = consensus(rankings[task.pk])
        if task.consensus < (batch.least_consensus or 0):
            added += _ask_one_more(batch, task)
        else:
            _ask_no_more(task)
    Task.objects.bulk_update(tasks, ["consensus", "overlap"])
    if added:
        record_event(None, "batch.asked_more", batch, slots=added)
    return len(tasks), added


def _rankings(tasks: Sequence[Task]) -> dict[UUID, list[dict[UUID, int]]]:
    """By task, the rankings that stand: each candidate's rank."""
    standing = Rating.objects.filter(
        comparison__judgment__current=True,
        comparison__judgment__assignment__task__in=tasks,
        comparison__judgment__assignment__state=AssignmentState.SUBMITTED,
    )
    ranks: dict[UUID, dict[UUID, dict[UUID, int]]] = defaultdict(lambda: defaultdict(dict))
    rows = standing.values_list("comparison__judgment__assignment__task", "comparison", "candidate", "rank")
    for task, comparison, candidate, rank in rows:
        ranks[task][comparison][candidate] = rank
    return defaultdict(list, {task: list(by_comparison.values()) for task, by_comparison in ranks.items()})


def _ask_one_more(batch: Batch, task: Task) -> int:
    """Free one slot more, unless one is free or the task has all that it may have; how many were freed (0 or 1)."""
    slots = Slot.objects.filter(task=task)
    counted = slots.exclude(state=SlotState.CLOSED).aggregate(
        wanted=Count("pk"), free=Count("pk", filter=Q(state=SlotState.FREE))
    )
    if counted["free"] or counted["wanted"] >= (batch.max_overlap or 0):
        return 0
    task.overlap = counted["wanted"] + 1
    taken = Assignment.objects.filter(task=task, state__in=LIVE_STATES).values("slot")
    closed = slots.filter(state=SlotState.CLOSED).exclude(pk__in=taken).order_by("number").first()
    if closed is not None:
        Slot.objects.filter(pk=closed.pk).update(state=SlotState.FREE)
        return 1
    like = slots.order_by("number")[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (now,) = cursor.fetchone()
    Slot.objects.create(
        task=task,
        number=(slots.aggregate(last=Max("number"))["last"] or 0) + 1,
        project_id=like.project_id,
        kind=like.kind,
        pools=like.pools,
        sensitive=like.sensitive,
        batch_number=like.batch_number,
        position=like.position,
        freed_in=now,  # news to labelers who have passed its place
    )
    return 1


def _ask_no_more(task: Task) -> None:
    """Close what was added and is free still: a correction has settled it."""
    task.overlap -= Slot.objects.filter(task=task, state=SlotState.FREE).update(state=SlotState.CLOSED)
