"""Which items of a project: by what they are, and by who judged them, how and when.

What is asked of judgments is asked of one and the same: `labeler` and `contradicting` are the items on which that
labeler's own ranking contradicts their ratings.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Exists, F, FloatField, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Greatest, Length

from labeling.collection.models import Candidate, Judgment, Rating, TaskPurpose
from labeling.projects.models import Membership, Project
from labeling.review.items.models import ItemFigures
from labeling.review.statistics.bins import LENGTHS, SECONDS

AGREEMENTS = 11
"""Bins of an item's agreement: 0 to under .1, and so on; the last is full agreement."""

SAID = {"first": -1, "tie": 0, "second": 1}
"""What a labeler says of a pair of outputs in the order of their creation: first better, neither, second better."""

# Of one labeler's judgment j and another's k, on a pair of outputs that both ranked.
_CELL = """EXISTS (
    SELECT 1
    FROM collection_assignment a
    JOIN collection_judgment j ON j.assignment_id = a.id AND j.current
    JOIN collection_rating x ON x.comparison_id = j.id
    JOIN collection_rating y ON y.comparison_id = j.id
    JOIN collection_candidate earlier ON earlier.id = x.candidate_id
    JOIN collection_candidate later ON later.id = y.candidate_id AND later."order" > earlier."order"
    JOIN collection_assignment b ON b.task_id = a.task_id AND b.labeler_id = %s
    JOIN collection_judgment k ON k.assignment_id = b.id AND k.current
    JOIN collection_rating v ON v.comparison_id = k.id AND v.candidate_id = x.candidate_id
    JOIN collection_rating w ON w.comparison_id = k.id AND w.candidate_id = y.candidate_id
    WHERE a.task_id = review_itemfigures.task_id AND a.labeler_id = %s
    AND sign(x.rank - y.rank) = %s AND sign(v.rank - w.rank) = %s
)"""

Asked = Mapping[str, Any]
"""The filters as they were asked (serializers.ItemsQuerySerializer); None and '' ask for nothing."""


def wanted_items(project: Project, asked: Asked) -> QuerySet[ItemFigures]:
    """The items that were judged, of those asked for."""
    people = {name: _user_of(project, asked[name]) for name in ("labeler", "with") if _given(asked, name)}
    purpose = TaskPurpose.CONSTANT if asked.get("constant") else TaskPurpose.WORK
    items = ItemFigures.objects.filter(project=project, kind=asked["kind"], purpose=purpose)
    for name, of_items in ITEM_FILTERS.items():
        if _given(asked, name):
            items = items.filter(of_items(asked[name]))
    judgments = Judgment.objects.filter(assignment__task=OuterRef("task"), current=True)
    conditions = [of_judgments(asked) for name, of_judgments in JUDGMENT_FILTERS.items() if _given(asked, name)]
    if "labeler" in people:
        conditions.append(Q(assignment__labeler=people["labeler"]))
    if _given(asked, "week"):
        conditions.append(_week(project, asked))
    if conditions:
        items = items.filter(Exists(judgments.filter(*conditions)))
    if "with" in people:
        items = items.filter(Exists(judgments.filter(assignment__labeler=people["with"])))
    if _given(asked, "cell"):
        mine, theirs = (SAID[said] for said in asked["cell"].split("-"))
        values = [people.get("with"), people.get("labeler"), mine, theirs]
        items = items.filter(RawSQL(_CELL, values, output_field=BooleanField()))  # noqa: S611 (only our own words)
    return items


def _given(asked: Asked, name: str) -> bool:
    return asked.get(name) not in (None, "", False)


def _user_of(project: Project, pseudonym: str) -> Any:
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
    "use_case": lambda name: Q(task__prompt__use_case=name),
    "language": lambda name: Q(task__prompt__language=name),
    "agreement": _agreement,
    # Whose ranking it is stands in JUDGMENT_FILTERS; this leaves few items to ask that of.
    "contradicting": lambda _: Q(contradicting__gt=0),
}


def _ratings(**wanted: Any) -> Exists:
    """The judgment has such a rating."""
    return Exists(Rating.objects.filter(comparison=OuterRef("pk"), **wanted))


def _wrote(model: UUID) -> Q:
    """The rated output counts for this model, as evaluation/read.py counts it: its own, or the same text."""
    twins = Candidate.objects.filter(
        prompt=OuterRef("candidate__prompt"), text_key=OuterRef("candidate__text_key"), generation__model=model
    )
    imported = Q(comparison__judgment__assignment__task__batch__imported=True)
    return Q(candidate__generation__model=model) | (~imported & Q(Exists(twins)))


OUTCOMES = {"won": "rank__gt", "tied": "rank", "lost": "rank__lt"}
"""How the other model's output is ranked where the first one's won, tied or lost."""


def _model(asked: Asked) -> Exists:
    """An output of the model was judged, with the flag asked for; beside one of the other, with that outcome."""
    rated = Rating.objects.filter(_wrote(asked["model"]), comparison=OuterRef("pk"))
    if _given(asked, "flag"):
        rated = rated.filter(flags__contains={asked["flag"]: True})
    if _given(asked, "against"):
        other = Rating.objects.filter(_wrote(asked["against"]), comparison=OuterRef("comparison"))
        if _given(asked, "outcome"):
            other = other.filter(**{OUTCOMES[asked["outcome"]]: OuterRef("rank")})
        rated = rated.filter(Exists(other))
    return Exists(rated)


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


def _week(project: Project, asked: Asked) -> Q:
    monday = datetime.combine(asked["week"], datetime.min.time(), tzinfo=ZoneInfo(project.time_zone))
    return Q(created_at__gte=monday, created_at__lt=monday + timedelta(days=7))


JUDGMENT_FILTERS: dict[str, Callable[[Asked], Any]] = {
    "pool": lambda asked: Q(pool=asked["pool"]),
    "guideline": lambda asked: Q(guideline__version=asked["guideline"]),
    "model": _model,
    "flag": lambda asked: _ratings(flags__contains={asked["flag"]: True}),
    "contradicting": _contradicting,
    # What was shown in this place, from 1, was put first, alone or with others.
    "position": lambda asked: _ratings(rank=1, position=int(asked["position"]) - 1),
    "length": _length,
    "seconds": _seconds,
}
