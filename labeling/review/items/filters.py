"""Which items of a project: by what they are, and by who judged them, how and when.

What is asked of judgments is asked of one and the same: `labeler` and `contradicting` are the items on which that
labeler's own ranking contradicts their ratings.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, FloatField, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Greatest, Length

from labeling.collection.models import BatchStatus, Judgment, Rating, TaskPurpose
from labeling.projects.models import Membership, Project
from labeling.review.items.cells import said_in_cell
from labeling.review.items.models import ItemFigures
from labeling.review.items.of_models import judged_model, of_evaluation
from labeling.review.items.references import with_reference
from labeling.review.statistics.bins import LENGTHS, SECONDS

AGREEMENTS = 11
"""Bins of an item's agreement: 0 to under .1, and so on; the last is full agreement."""

Asked = Mapping[str, Any]
"""The filters as they were asked (serializers.ItemsQuerySerializer); None and '' ask for nothing."""


def wanted_items(project: Project, asked: Asked) -> QuerySet[ItemFigures]:
    """The items that were judged, of those asked for."""
    people = {name: user_of(project, asked[name]) for name in ("labeler", "with") if _given(asked, name)}
    purpose = TaskPurpose.CONSTANT if asked.get("constant") else TaskPurpose.WORK
    items = ItemFigures.objects.filter(project=project, kind=asked["kind"], purpose=purpose)
    for name, of_items in ITEM_FILTERS.items():
        if _given(asked, name):
            items = items.filter(of_items(asked[name]))
    conditions = [of_judgments(asked) for name, of_judgments in JUDGMENT_FILTERS.items() if _given(asked, name)]
    if _given(asked, "prompt_set"):
        items, counted = of_evaluation(project, asked, items)
        conditions += counted
    if _given(asked, "week"):
        since, before = _week(project, asked)
        if asked.get("compared"):  # the comparisons of a week are those that were last judged in it
            items = items.filter(newest__gte=since, newest__lt=before)
        else:
            conditions.append(Q(created_at__gte=since, created_at__lt=before))
    judgments = Judgment.objects.filter(assignment__task=OuterRef("task"), current=True)
    if "labeler" in people:
        own = Q(assignment__labeler=people["labeler"])
        items = items.filter(Exists(judgments.filter(own, *conditions)))
        if asked.get("compared"):
            items = items.filter(Exists(judgments.filter(~own, *conditions)))
    elif asked.get("compared"):
        several = judgments.filter(*conditions).order_by().values("assignment__task").annotate(n=Count("pk"))
        items = items.filter(Exists(several.filter(n__gte=2)), judged__gte=2)
    elif conditions:
        items = items.filter(Exists(judgments.filter(*conditions)))
    if "with" in people:
        items = items.filter(Exists(judgments.filter(assignment__labeler=people["with"])))
    if _given(asked, "with_pool"):
        others = judgments.filter(pool=asked["with_pool"]).exclude(assignment__labeler=people.get("labeler"))
        items = items.filter(Exists(others))
    if _given(asked, "cell"):
        items = items.filter(said_in_cell(people["labeler"], people["with"], asked["cell"]))
    if _given(asked, "reference") or _given(asked, "reference_by"):
        items = items.filter(*with_reference(project, asked))
    return items


def _given(asked: Asked, name: str) -> bool:
    return asked.get(name) not in (None, "", False)


def user_of(project: Project, pseudonym: str) -> Any:
    """The labeler of this pseudonym; nobody, where there is none."""
    return Membership.objects.filter(project=project, pseudonym=pseudonym).values_list("user", flat=True).first()


def _agreement(place: str) -> Q:
    """One bin of agreement; sums of thirds and tenths need some room for rounding."""
    bin = int(place)
    if bin == AGREEMENTS - 1:
        return Q(agreement__gte=1 - 1e-9)
    return Q(agreement__gte=bin / 10 - 1e-9, agreement__lt=min(1 - 1e-9, (bin + 1) / 10 - 1e-9))


ITEM_FILTERS: dict[str, Callable[[Any], Q]] = {
    "batch": lambda number: Q(task__batch__number=number),
    "accepted": lambda _: Q(task__batch__status=BatchStatus.ACCEPTED),
    "use_case": lambda name: Q(task__prompt__use_case=name),
    "language": lambda name: Q(task__prompt__language=name),
    "agreement": _agreement,
    # Whose ranking it is stands in JUDGMENT_FILTERS; this leaves few items to ask that of.
    "contradicting": lambda _: Q(contradicting__gt=0),
}


def _ratings(**wanted: Any) -> Exists:
    """The judgment has such a rating."""
    return Exists(Rating.objects.filter(comparison=OuterRef("pk"), **wanted))


def _contradicting(_: Asked) -> Exists:
    # In one call, so that both are about the same other output.
    return _ratings(comparison__ratings__overall__lt=F("overall"), comparison__ratings__rank__lt=F("rank"))


def _length(asked: Asked) -> Exists:
    """The judgment has a pair of outputs, one of them so many times as long as the other; an empty one counts as 1."""
    least, below = LENGTHS[int(asked["length"])], LENGTHS[int(asked["length"]) + 1]
    pairs = Rating.objects.filter(comparison=OuterRef("pk")).annotate(
        length=Length("candidate__text"),
        other=Length("comparison__ratings__candidate__text"),
        other_rank=F("comparison__ratings__rank"),
        ratio=Cast(F("length"), FloatField()) / Greatest(F("other"), 1),
    )
    won = {"": Q(), "won": Q(rank__lt=F("other_rank")), "lost": Q(rank__gt=F("other_rank"))}
    return Exists(
        pairs.filter(won[asked.get("longer") or ""], length__gt=F("other"), ratio__gte=least, ratio__lt=below)
    )


def _seconds(asked: Asked) -> Q:
    place = int(asked["seconds"])
    # Of 0 seconds is what was imported without a time.
    return Q(active_seconds__gt=0, active_seconds__gte=SECONDS[place], active_seconds__lt=SECONDS[place + 1])


def _week(project: Project, asked: Asked) -> tuple[datetime, datetime]:
    monday = datetime.combine(asked["week"], datetime.min.time(), tzinfo=ZoneInfo(project.time_zone))
    return monday, monday + timedelta(days=7)


JUDGMENT_FILTERS: dict[str, Callable[[Asked], Any]] = {
    "pool": lambda asked: Q(pool=asked["pool"]),
    "guideline": lambda asked: Q(guideline__version=asked["guideline"]),
    "model": judged_model,
    "flag": lambda asked: _ratings(flags__contains={asked["flag"]: True}),
    "contradicting": _contradicting,
    # What was shown in this place, from 1, was put first, alone or with others.
    "position": lambda asked: _ratings(rank=1, position=int(asked["position"]) - 1),
    "length": _length,
    "seconds": _seconds,
}
