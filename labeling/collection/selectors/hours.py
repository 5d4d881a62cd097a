"""Active time and items by day and week, as pay rests on them: idle time is left out, and nothing counts twice.

A revision of an answer carries all active seconds of its assignment so far, and so does each note of a task that was
skipped, handed back or lost without an answer (TimeSpent). What counts for a day is what each of these adds to those
before it, so that an answer that is corrected on Thursday keeps Monday's time on Monday. An item counts once, on the
day of its first submit, and only while it has an answer: one that was taken back is none.
Days and weeks (ISO 8601, from Monday) are those of the project's time zone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, FloatField, Max, Model, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest, TruncDate

from labeling.accounts.models import User
from labeling.collection.clock import database_now
from labeling.collection.models import Judgment, TaskPurpose, TimeSpent
from labeling.errors import InvalidError
from labeling.projects.models import Project

WEEKS = 8
MOST_DAYS = 366
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 12, 31)


@dataclass(frozen=True)
class Span:
    """Days in a time zone, both ends included."""

    zone: ZoneInfo
    since: date
    until: date

    def days(self) -> list[date]:
        return [self.since + timedelta(days=number) for number in range((self.until - self.since).days + 1)]

    def ends(self) -> tuple[datetime, datetime]:
        """The moment in which it begins, and that in which it is over."""
        after = self.until + timedelta(days=1)
        return datetime.combine(self.since, time.min, self.zone), datetime.combine(after, time.min, self.zone)


@dataclass(frozen=True)
class Worked:
    """What one labeler did on one day."""

    labeler: UUID
    day: date
    items: int
    active_seconds: float


def span_of(project: Project, *, since: date | None = None, until: date | None = None) -> Span:
    """The days asked for; without an end up to today, without a beginning eight weeks from a Monday on."""
    zone = ZoneInfo(project.time_zone)
    until = until or database_now().astimezone(zone).date()
    since = since or _monday(max(until, FIRST_DAY)) - timedelta(weeks=WEEKS - 1)
    if not (since >= FIRST_DAY and until <= LAST_DAY):
        raise InvalidError(
            f"Days from {FIRST_DAY} to {LAST_DAY} can be asked for.", errors={"since": ["This is out of range."]}
        )
    if since > until:
        raise InvalidError("The first day is after the last.", errors={"since": ["This is after the last day."]})
    if (until - since).days >= MOST_DAYS:
        raise InvalidError(f"At most {MOST_DAYS} days at a time.", errors={"since": ["This is too long ago."]})
    return Span(zone, since, until)


def paid_times(**where: Any) -> list[QuerySet[Any]]:
    """Judgments and notes of time (filtered by `where`), in two querysets.

    Each row has `spent`, the active seconds that it adds, and `is_item`, whether it counts as an item. Screening is
    left out: it is no paid work.
    """
    answered = Judgment.objects.filter(assignment=OuterRef("assignment"), current=True)
    before = Coalesce(Greatest(_most_before(Judgment), _most_before(TimeSpent)), 0.0, output_field=FloatField())
    is_item = {Judgment: Q(revision=1) & Exists(answered), TimeSpent: Value(False)}
    return [
        rows.objects.filter(**where)
        .exclude(assignment__task__purpose=TaskPurpose.SCREENING)
        .annotate(spent=Greatest(F("active_seconds") - before, 0.0, output_field=FloatField()), is_item=is_item[rows])
        for rows in (Judgment, TimeSpent)
    ]


def _most_before(rows: type[Model]) -> Subquery:
    """The most that one of these rows said of the same assignment before."""
    earlier = rows._default_manager.filter(assignment=OuterRef("assignment"), created_at__lt=OuterRef("created_at"))
    return Subquery(earlier.order_by().values("assignment").annotate(most=Max("active_seconds")).values("most"))


def worked_days(project: Project, span: Span, *, labeler: User | None = None) -> list[Worked]:
    """What was done on which day, of one labeler or of all, the earliest day first; two queries."""
    begin, end = span.ends()
    where: dict[str, Any] = {"assignment__project": project, "created_at__gte": begin, "created_at__lt": end}
    whose = {"assignment__labeler__imported": False} if labeler is None else {"assignment__labeler": labeler}
    items: Counter[tuple[UUID, date]] = Counter()
    seconds: dict[tuple[UUID, date], float] = defaultdict(float)
    for times in paid_times(**where, **whose):
        rows = (
            times.annotate(day=TruncDate("created_at", tzinfo=span.zone))
            .order_by()
            .values("assignment__labeler", "day")
            .annotate(items=Count("pk", filter=Q(is_item=True)), seconds=Sum("spent"))
        )
        for row in rows:
            items[row["assignment__labeler"], row["day"]] += row["items"]
            seconds[row["assignment__labeler"], row["day"]] += row["seconds"]
    worked = [Worked(who, day, items[who, day], spent) for (who, day), spent in seconds.items()]
    # A day on which everything was taken back, in no time, is no day of work.
    return sorted((row for row in worked if row.items or row.active_seconds), key=lambda row: row.day)


def own_progress(user: User, project: Project, span: Span) -> dict[str, Any]:
    """One person's days and weeks, also those without work, and their sums."""
    worked = {row.day: row for row in worked_days(project, span, labeler=user)}
    days = [_sums([worked[day]] if day in worked else []) | {"day": day} for day in span.days()]
    weeks = []
    for monday in sorted({_monday(day) for day in span.days()}):
        year, week, _ = monday.isocalendar()
        rows = [row for row in worked.values() if _monday(row.day) == monday]
        weeks.append(_sums(rows) | {"week": f"{year}-W{week:02}", "monday": monday})
    return _sums(worked.values()) | {
        "time_zone": project.time_zone,
        "since": span.since,
        "until": span.until,
        "days": days,
        "weeks": weeks,
    }


def project_hours(project: Project, span: Span) -> dict[str, Any]:
    """Every member's sums, the most active time first; members without work have none."""
    worked: dict[UUID, list[Worked]] = {}
    for row in worked_days(project, span):
        worked.setdefault(row.labeler, []).append(row)
    members = project.memberships.select_related("user").filter(user__imported=False)
    labelers = [
        _sums(worked.get(member.user_id, [])) | {"member": member.pk, "username": member.user.username}
        for member in members.order_by("user__username")
    ]
    labelers.sort(key=lambda row: -row["active_seconds"])
    everything = [row for rows in worked.values() for row in rows]
    return _sums(everything) | {
        "time_zone": project.time_zone,
        "since": span.since,
        "until": span.until,
        "labelers": labelers,
    }


def _sums(rows: Iterable[Worked]) -> dict[str, Any]:
    rows = list(rows)
    return {"items": sum(row.items for row in rows), "active_seconds": sum(row.active_seconds for row in rows)}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
