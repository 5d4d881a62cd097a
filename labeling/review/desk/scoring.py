"""Computes the risks of a batch's judgments and keeps them, some hundred at a time.

A judgment's risk depends on its item's other judgments, so that an item is computed anew as a whole whenever one of
its answers came, was corrected or is gone. Who opens a queue computes what is missing, at most CHUNK judgments a
request: a big batch opens at once and is complete some requests later, with or without a worker, and what one
request has computed no other one computes again.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet

from labeling.collection.models import AssignmentState, Batch, Judgment
from labeling.copy_rows import copy_rows
from labeling.projects.models import TaskKind
from labeling.review.desk.answers import answers_of, usual_of
from labeling.review.models import JudgmentRisk
from labeling.review.risk.copied import Earlier
from labeling.review.risk.score import risk_of, signals_of

CHUNK = 1500  # judgments a request


def reviewable(batch: Batch | Iterable[Batch]) -> QuerySet[Judgment]:
    """The judgments that verdicts are given on: current and submitted, of purpose work."""
    where = {"assignment__task__batch": batch} if isinstance(batch, Batch) else {"assignment__task__batch__in": batch}
    return Judgment.objects.filter(
        current=True, assignment__state=AssignmentState.SUBMITTED, assignment__task__purpose="work", **where
    )


def missing_risks(batch: Batch) -> int:
    """How many judgments have no risk yet."""
    return reviewable(batch).filter(risk=None).count()


@transaction.atomic
def score_some(batch: Batch, *, chunk: int = CHUNK) -> int:
    """Compute the risks of at most about `chunk` judgments that lack them; how many lack them still.

    One request at a time computes a batch; another one that comes meanwhile answers with what there is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"risks of {batch.pk}"])
        (mine,) = cursor.fetchone()
    if not mine:
        return missing_risks(batch)
    gone = Q(judgment__current=False) | ~Q(judgment__assignment__state=AssignmentState.SUBMITTED)
    stale = set(JudgmentRisk.objects.filter(gone, batch=batch).values_list("task", flat=True))
    lacking = reviewable(batch).filter(risk=None)
    missing = 0
    by_task = lacking.values_list("assignment__task").annotate(n=Count("pk")).order_by("assignment__task")
    for task, count in by_task[:chunk]:
        if missing < chunk:
            stale.add(task)
            missing += count
    if not stale:
        return 0
    JudgmentRisk.objects.filter(task__in=stale).delete()
    copy_rows(JudgmentRisk, _RISK, _risks(batch, stale), batch_id=batch.pk)
    return lacking.count() if missing >= chunk else 0


_RISK = ("judgment_id", "task_id", "score", "names", "signals")


def _risks(batch: Batch, tasks: set[UUID]) -> Iterator[tuple]:
    answers = answers_of(tasks)
    usual = usual_of(batch)
    earlier = Earlier(_written_by(batch, {answer.labeler for answer in answers}))
    for task, group in groupby(answers, key=lambda answer: answer.task):
        item = list(group)
        for answer in item:
            others = [other for other in item if other is not answer]
            signals = signals_of(answer, others, usual=usual, earlier=earlier)
            told = [
                {"name": signal.name.value, "points": round(signal.points, 2), "values": signal.values}
                for signal in signals
            ]
            yield answer.id, task, risk_of(signals), [signal.name.value for signal in signals], told


def _written_by(batch: Batch, labelers: set[UUID]) -> Iterable[tuple[UUID, UUID, str]]:
    """All that these labelers wrote for the batch, in its order of writing."""
    if batch.kind == TaskKind.COMPARISON:
        return []
    text = "demonstration__response" if batch.kind == TaskKind.DEMONSTRATION else "written__text"
    return (
        reviewable(batch)
        .filter(assignment__labeler__in=labelers)
        .order_by("created_at", "pk")
        .values_list("pk", "assignment__labeler", text)
    )
