"""What a person comes home to: own projects, what waits there, what is in hand, and the week so far."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from labeling.accounts.models import User
from labeling.collection.clock import database_now
from labeling.collection.models import AssignmentState
from labeling.collection.selectors.assignments import own_assignments
from labeling.collection.selectors.hours import paid_times
from labeling.collection.selectors.questions import own_questions
from labeling.collection.selectors.queue import tasks_waiting
from labeling.collection.selectors.stages import stage_of
from labeling.projects.models import Guideline, Membership, TaskKind
from labeling.projects.selectors import visible_projects

DAYS = 7
MOST_ANSWERS = 20


def home_page(user: User) -> dict[str, Any]:
    """Projects with what waits, and the last seven days; a fixed number of queries however many projects."""
    projects = list(visible_projects(user).order_by("name"))
    memberships = list(Membership.objects.select_related("project").filter(user=user))
    waiting = tasks_waiting(memberships=memberships)
    stages = {membership.project_id: stage_of(membership) for membership in memberships}
    own = own_assignments(user)
    current = {assignment.project_id: assignment for assignment in own.filter(state=AssignmentState.CURRENT)}
    returned: Counter[Any] = Counter()
    given: Counter[Any] = Counter()
    for project, at in own.filter(state=AssignmentState.RETURNED).order_by().values_list("project", "returned_at"):
        (returned if at else given)[project] += 1
    unread = _guidelines_to_acknowledge(user, [membership.project_id for membership in memberships])
    return {
        "projects": [
            {
                "id": project.pk,
                "name": project.name,
                "purpose": project.purpose,
                "paused": project.paused,
                "mix": bool(project.mix),
                "stage": stages.get(project.pk),
                "waiting": {kind: waiting[project.pk, kind] for kind in TaskKind.values},
                "in_progress": current.get(project.pk),
                "returned": returned[project.pk],
                "given": given[project.pk],
                "guidelines_to_acknowledge": unread.get(project.pk, []),
            }
            for project in projects
        ],
        "answered": own_questions(user).filter(unread=True).order_by("created_at")[:MOST_ANSWERS],
        "week": _week(user, memberships),
    }


def _guidelines_to_acknowledge(user: User, project_ids: list) -> dict[Any, list]:
    """By project, the kinds of task whose newest guideline the user has not said yet that they read."""
    newest = (
        Guideline.objects.filter(project__in=project_ids)
        .order_by("project", "kind", "-version")
        .distinct("project", "kind")
    )
    unread: dict[Any, list] = {}
    for guideline in Guideline.objects.filter(pk__in=newest.values("pk")).exclude(acknowledgements__user=user):
        unread.setdefault(guideline.project_id, []).append(guideline.kind)
    return unread


def _week(user: User, memberships: list[Membership]) -> dict[str, Any]:
    """Items and active seconds of the last seven days, which are paid: screening is left out, calibration is not.

    Each falls on a day of its own project's time zone.
    """
    zone = memberships[0].project.time_zone if memberships else "UTC"
    now = database_now()
    today = now.astimezone(ZoneInfo(zone)).date()
    items: Counter[date] = Counter()
    seconds: dict[date, float] = defaultdict(float)
    judgments, noted = (
        times.values_list("created_at", "is_item", "spent", "assignment__project__time_zone")
        for times in paid_times(assignment__labeler=user, created_at__gte=now - timedelta(days=DAYS + 1))
    )
    for at, is_item, spent, time_zone in chain(judgments, noted):
        day = min(at.astimezone(ZoneInfo(time_zone)).date(), today)
        items[day] += is_item
        seconds[day] += spent
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    return {
        "items": sum(items[day] for day in days),
        "active_seconds": sum(seconds[day] for day in days),
        "by_day": [{"day": day, "items": items[day], "active_seconds": seconds[day]} for day in days],
    }
