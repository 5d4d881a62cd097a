"""Judgments with all that a record says of them, read by their ids without a query a judgment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from labeling.collection.models import Judgment, Rating
from labeling.datasets.models import SnapshotKind


class RatedOutput(NamedTuple):
    """An output as one judgment ranked and rated it: plain columns, since a snapshot has millions."""

    judgment: UUID
    candidate: UUID
    text: str
    text_key: str
    model: str | None
    rank: int
    position: int
    overall: int | None
    flags: dict[str, bool]
    note: str
    scales: dict[str, int]
    critique: str
    edit: str
    interpretation: str


RATED_OUTPUT = (
    "comparison_id", "candidate_id", "candidate__text", "candidate__text_key", "candidate__generation__model__name",
    "rank", "position", "overall", "flags", "note", "scales", "critique", "edit", "interpretation",
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    judgment: Judgment
    outputs: Sequence[RatedOutput] = ()
    """Of a comparison, in the order of their creation."""


def judged_of(ids: Sequence[UUID], kind: str) -> Iterator[Judged]:
    """These judgments with all that their records say, in no order."""
    judgments = Judgment.objects.filter(pk__in=ids).select_related("assignment__task__prompt")
    if kind == SnapshotKind.DEMONSTRATIONS:
        yield from (Judged(judgment) for judgment in judgments.select_related("demonstration"))
        return
    ratings = Rating.objects.filter(comparison__in=ids).order_by("comparison_id", "candidate__order")
    rows = map(RatedOutput._make, ratings.values_list(*RATED_OUTPUT))
    outputs = {judgment: tuple(of) for judgment, of in groupby(rows, key=lambda output: output.judgment)}
    for judgment in judgments.select_related("comparison"):
        yield Judged(judgment, outputs.get(judgment.pk, ()))
