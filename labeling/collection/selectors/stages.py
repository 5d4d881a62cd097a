"""Where a member stands: screening first where the project asks for it, then calibration, then work.

These are the purposes that a member may be given now. Gold and constant items belong to the stage of work, and
nothing that a labeler is told sets them apart from it.
"""

from collections import Counter

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from labeling.collection.models import (
    Assignment,
    AssignmentState,
    Screening,
    ScreeningPart,
    Task,
    TaskKey,
    TaskPurpose,
    TaskStatus,
)
from labeling.collection.services.slots import WORKING
from labeling.projects.models import Membership, Pool


class Stage(models.TextChoices):
    SCREENING = "screening"
    CALIBRATION = "calibration"
    WORK = "work"


# An answered item of a set: it is never given again.
OVER = (AssignmentState.SUBMITTED, AssignmentState.SKIPPED)


def stage_of(membership: Membership) -> Stage | None:
    """What this member (with the project) may be given now; None: nothing. No query where no gate is set."""
    project = membership.project
    if not membership.qualified:
        if membership.pool != Pool.TRAINING or not project.require_screening:
            return None
        decided = Screening.objects.filter(membership=membership, decided_at__isnull=False)
        return None if decided.exists() else Stage.SCREENING
    if project.require_calibration and membership.pool != Pool.RESEARCHER and tasks_left(membership, Stage.CALIBRATION):
        return Stage.CALIBRATION
    return Stage.WORK


def set_tasks(membership: Membership, stage: str) -> QuerySet[Task]:
    """The tasks of the member's screening or calibration, in their order: those with a key.

    Demonstrations of screening need none: researchers rate them. Calibration leaves out what the member opted out of;
    screening does not, as everybody is to be measured by the same.
    """
    keyed = Exists(TaskKey.objects.filter(task=OuterRef("pk")))
    out = [] if stage == Stage.SCREENING else membership.opted_out
    tasks = Task.objects.filter(
        keyed | Q(batch__part=ScreeningPart.DEMONSTRATIONS),
        purpose=stage,
        status=TaskStatus.OPEN,
        batch__project=membership.project_id,
        batch__status__in=WORKING,
        batch__pools__contains=[membership.pool],
    )
    return tasks.exclude(prompt__sensitive__overlap=out).order_by("batch__number", "position")


def tasks_left(membership: Membership, stage: str) -> Counter[str]:
    """How many tasks of the stage's set this member has still to answer, by kind."""
    over = Assignment.objects.filter(labeler=membership.user_id, task=OuterRef("pk"), state__in=OVER)
    left = set_tasks(membership, stage).filter(~Exists(over)).order_by()
    return Counter(dict(left.values_list("kind").annotate(n=Count("pk"))))


def next_of_set(membership: Membership, stage: str, kind: str | None) -> Task | None:
    """The first task of the set that this member never had."""
    had = Assignment.objects.filter(labeler=membership.user_id, task=OuterRef("pk"))
    tasks = set_tasks(membership, stage).filter(~Exists(had))
    return (tasks.filter(kind=kind) if kind else tasks).first()


def purposes_of(stage: str) -> list[str]:
    """The purposes of tasks that are given in this stage."""
    if stage == Stage.WORK:
        return [TaskPurpose.WORK, TaskPurpose.GOLD, TaskPurpose.CONSTANT]
    return [stage]


def progress_in_parts(membership: Membership) -> list[dict[str, int | str]]:
    """For each part of the screening that has items: {"part", "done", "skipped", "total"}."""
    own = Assignment.objects.filter(labeler=membership.user_id, task=OuterRef("pk"))
    tasks = (
        set_tasks(membership, Stage.SCREENING)
        .annotate(
            answered=Exists(own.filter(state=AssignmentState.SUBMITTED)),
            passed=Exists(own.filter(state=AssignmentState.SKIPPED)),
        )
        .order_by()
    )
    counts = tasks.values("batch__part").annotate(
        total=Count("pk"), done=Count("pk", filter=Q(answered=True)), skipped=Count("pk", filter=Q(passed=True))
    )
    by_part = {row["batch__part"]: row for row in counts}
    return [
        {"part": part, **{name: by_part[part][name] for name in ("done", "skipped", "total")}}
        for part in ScreeningPart.values
        if part in by_part
    ]
