"""A project in numbers, for its researchers; a fixed number of queries."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from labeling.collection.clock import database_now
from labeling.collection.models import Batch, BatchStatus, Judgment, Prompt, Slot, SlotState, Task, TaskStatus
from labeling.projects.models import Project

DAYS = 7


def project_overview(project: Project) -> dict[str, Any]:
    """Counts of prompts, of the queue, of batches, and of the last seven days' answers."""
    prompts = Prompt.objects.filter(project=project, withdrawn_at=None)
    totals = prompts.aggregate(
        total=Count("pk"),
        without_consent=Count("pk", filter=Q(consent=False)),
        held_back=Count("pk", filter=Q(held_back=True)),
        personal_data=Count("pk", filter=~Q(personal_data=[])),
    )
    slots = _counts(Slot.objects.filter(project=project), "state")
    tasks = _counts(Task.objects.filter(batch__project=project, batch__status=BatchStatus.OPEN), "status")
    batches = dict.fromkeys(BatchStatus.values, 0) | _counts(Batch.objects.filter(project=project), "status")
    return {
        "prompts": totals
        | {f"by_{field}": _counts(prompts, field) for field in ("split", "use_case", "source", "language")},
        "queue": {
            "free_slots": slots.get(SlotState.FREE, 0),
            "held_slots": slots.get(SlotState.HELD, 0),
            "done_slots": slots.get(SlotState.DONE, 0),
            "open_tasks": tasks.get(TaskStatus.OPEN, 0),
            "held_tasks": tasks.get(TaskStatus.HELD, 0),
        },
        "batches": batches,
        "judgments_last_7_days": _by_day(project),
    }


def _counts(rows: Any, field: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(field).annotate(n=Count("pk")))


def _by_day(project: Project) -> list[dict[str, Any]]:
    """Current answers by day, in the project's time zone; days without any are there too."""
    zone = ZoneInfo(project.time_zone)
    now = database_now()
    days = [now.astimezone(zone).date() - timedelta(days=back) for back in reversed(range(DAYS))]
    answers = Judgment.objects.filter(
        assignment__project=project, current=True, created_at__gte=now - timedelta(days=DAYS + 1)
    )
    counts = dict(
        answers.order_by().annotate(day=TruncDate("created_at", tzinfo=zone)).values_list("day").annotate(n=Count("pk"))
    )
    return [{"day": day, "count": counts.get(day, 0)} for day in days]
