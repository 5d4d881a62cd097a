"""Answers that were computed from the counts, kept for everybody until a count changes.

One that takes long is shown for a while longer, with the time that it is of, and computed anew by a worker as long as
somebody looks (review/renew.py): so that a page of a million rankings answers at once while judgments come in.
"""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import DurationField, ExpressionWrapper, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from labeling.projects.models import Project
from labeling.review.counts.models import CountState, KeptAnswer
from labeling.review.counts.recount import recount

FRESH_SECONDS = 1.0
"""For about so long a request counts prompts that wait, before it answers with what there is."""

DEAR_SECONDS = 1.0
"""An answer that took less is computed at each request that finds it out of date."""

SHOWN_FOR = timedelta(minutes=2)
"""So old an answer that took longer may be; then a request computes it, since no worker did."""

LOOKED_AT = timedelta(minutes=1)
"""An answer that was asked for within this time is renewed by a worker."""

NOTED_AGAIN = timedelta(seconds=10)
"""A request says that it asked where the last was longer ago."""

REST = 4
"""A worker leaves an answer alone for so many times as long as it took."""

Answer = dict[str, Any]


def current_answer(project: Project, name: str, compute: Callable[[Project], Answer]) -> Answer:
    """The answer by this name, computed anew where something changed since it was.

    `counting` is how many prompts are still to be counted, and not in it with their last changes; `as_of` the time of
    an answer that is shown though something was counted since, else None.
    """
    waiting = recount(project, seconds=FRESH_SECONDS)
    now, version = timezone.now(), _version(project.pk)
    kept = KeptAnswer.objects.filter(project_id=project.pk, name=name).first()
    current = kept is not None and kept.version == version
    if kept is None or not (current or _may_be_shown(kept, now)):
        kept, current = keep_answer(project, name, compute, asked_at=now), True
    elif kept.asked_at < now - NOTED_AGAIN:
        KeptAnswer.objects.filter(pk=kept.pk).update(asked_at=now)
    return {**json.loads(kept.answer), "counting": waiting, "as_of": None if current else kept.made_at}


def _may_be_shown(kept: KeptAnswer, now: datetime) -> bool:
    return kept.seconds >= DEAR_SECONDS and kept.made_at > now - SHOWN_FOR


@transaction.atomic
def keep_answer(project: Project, name: str, compute: Callable[[Project], Answer], *, asked_at: datetime) -> KeptAnswer:
    """Compute the answer and keep it; `asked_at` is when somebody last asked for it."""
    version = _hold_version(project.pk)
    now, began = timezone.now(), time.monotonic()
    answer = json.dumps(compute(project))
    kept = KeptAnswer(
        project_id=project.pk, name=name, version=version, answer=answer, made_at=now, asked_at=asked_at,
        seconds=time.monotonic() - began,
    )  # fmt: skip
    KeptAnswer.objects.bulk_create(
        [kept],
        update_conflicts=True,
        unique_fields=["project_id", "name"],
        update_fields=["version", "answer", "made_at", "seconds", "asked_at"],
    )
    return kept


def answer_to_renew() -> KeptAnswer | None:
    """The oldest dear answer that is out of date, is looked at and has had its rest."""
    version = CountState.objects.filter(project_id=OuterRef("project_id")).values("version")
    rest = ExpressionWrapper(F("seconds") * REST * Value(timedelta(seconds=1)), output_field=DurationField())
    return (
        KeptAnswer.objects.filter(asked_at__gt=Now() - LOOKED_AT, seconds__gte=DEAR_SECONDS)
        .filter(made_at__lt=Now() - rest)
        .exclude(version=Coalesce(Subquery(version), 0))
        .order_by("made_at")
        .first()
    )


def _version(project_id: UUID) -> int:
    return CountState.objects.filter(project_id=project_id).values_list("version", flat=True).first() or 0


def _hold_version(project_id: UUID) -> int:
    """The version of the project's counts, which stay as they are until this transaction ends. Others may read them,
    and judge: only the counting waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM review_countstate WHERE project_id = %s FOR SHARE", [project_id])
        row = cursor.fetchone()
    return row[0] if row else 0
