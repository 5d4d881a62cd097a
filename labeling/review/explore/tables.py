"""The views of Explore. Each is a list of tables; a row has figures with intervals, and the items behind it.

A row is {"key", "label", "estimates": {name: estimate}, "items": filters of GET /projects/ID/items, "outside"}. People
stand there by pseudonym.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Count, FloatField, IntegerField
from django.db.models.functions import Cast, Floor, Least

from labeling.collection.models import TaskPurpose
from labeling.projects.models import Project, TaskKind
from labeling.projects.selectors import pseudonyms_in
from labeling.review.check_report import drift
from labeling.review.counts.answers import current_answer
from labeling.review.explore.reading import Reading, read_rankings
from labeling.review.items.catch_up import catch_up
from labeling.review.items.filters import AGREEMENTS
from labeling.review.items.models import ItemFigures
from labeling.review.rankings import judgments_of
from labeling.review.share_interval import ItemShare, estimate
from labeling.review.statistics.arrays import Ints
from labeling.review.statistics.bins import LENGTHS, SECONDS
from labeling.review.statistics.bootstrap import Estimate
from labeling.review.statistics.contradictions import contradictions
from labeling.review.statistics.control_chart import p_chart
from labeling.review.statistics.length_bias import longer_wins
from labeling.review.statistics.position_bias import best_by_place, earlier_wins
from labeling.review.statistics.shown import Shown
from labeling.review.statistics.time_agreement import agreement_by_time

Row = dict[str, Any]
Tables = dict[str, list[Row]]

MOST_LABELERS = 200
"""Of the labelers those with the most rankings."""

MOST_WEEKS = 104


def _row(key: str, label: str, estimates: dict[str, Estimate], items: dict[str, str], *, outside: bool = False) -> Row:
    return {"key": key, "label": label, "estimates": estimates, "items": items, "outside": outside}


def _known(value: float, n: int | None = None) -> Estimate:
    """A figure that is counted and not estimated."""
    return {"value": float(value)} if n is None else {"value": float(value), "n": n}


def _bounds(bounds: Sequence[float], place: int) -> str:
    """A bin in figures, for files; the page writes it in words."""
    return f"{bounds[place]:g} to {bounds[place + 1]:g}"


def _labelers(project: Project, shown: Shown) -> tuple[Ints, list[str]]:
    """Of each ranking its labeler's row, -1 beyond the MOST_LABELERS most busy, and the rows' pseudonyms."""
    known = pseudonyms_in(project.pk)
    order = np.argsort(-np.bincount(shown.labelers, minlength=len(shown.names)), kind="stable")[:MOST_LABELERS]
    place = np.full(len(shown.names), -1)
    place[order] = np.arange(len(order))
    return place[shown.labelers], [known.get(shown.names[labeler], "") for labeler in order.tolist()]


def _position(project: Project, reading: Reading) -> Tables:
    shown = reading.shown()
    everybody = np.zeros(len(reading.rows), dtype=np.int64)
    (whole,) = earlier_wins(shown, everybody, 1)
    shares, chances = best_by_place(shown)
    places = [
        _row(str(at), str(at), {"first": share, "chance": _known(chance)}, {"position": str(at)})
        for at, (share, chance) in enumerate(zip(shares, chances.tolist(), strict=True), 1)
    ]
    of, names = _labelers(project, shown)
    return {
        "all": [_row("all", "all", {"earlier_wins": whole}, {})],
        "position": places,
        "labeler": _by_labeler(names, {"earlier_wins": _kept(earlier_wins, shown, of, len(names))}, {}),
    }


def _kept(statistic: Callable[..., Any], shown: Shown, of: Ints, size: int) -> Any:
    """A statistic by labeler, those left out counting in a last group that nobody sees."""
    return statistic(shown, np.where(of < 0, size, of), size + 1)


def _by_labeler(names: Sequence[str], columns: dict[str, list[Estimate]], items: dict[str, str]) -> list[Row]:
    return [
        _row(name, name, {key: column[at] for key, column in columns.items()}, {"labeler": name, **items})
        for at, name in enumerate(names)
    ]


def _length(project: Project, reading: Reading) -> Tables:
    shown = reading.shown()
    researcher = np.array(reading.researchers, dtype=np.int64)
    (whole,), (bins,) = longer_wins(shown, np.zeros(len(reading.rows), dtype=np.int64), 1)
    (labelers, researchers), (of_labelers, of_researchers) = longer_wins(shown, researcher, 2)
    of, names = _labelers(project, shown)
    return {
        "all": [_row("all", "all", {"longer_wins": whole, "of_labelers": labelers, "of_researchers": researchers}, {})],
        "length": [
            _row(
                str(at),
                _bounds(LENGTHS, at),
                {"longer_wins": bins[at], "of_labelers": of_labelers[at], "of_researchers": of_researchers[at]},
                {"length": str(at)},
            )
            for at in range(len(LENGTHS) - 1)
        ],
        "labeler": _by_labeler(names, {"longer_wins": _kept(longer_wins, shown, of, len(names))[0]}, {}),
    }


def _contradictions(project: Project, reading: Reading) -> Tables:
    shown = reading.shown()
    (pairs,), (rankings,) = contradictions(shown, np.zeros(len(reading.rows), dtype=np.int64), 1)
    of, names = _labelers(project, shown)
    if rankings["value"] is None:
        return {}  # imported, without ratings
    of_pairs, of_rankings = _kept(contradictions, shown, of, len(names))
    columns = {"contradicting_rankings": of_rankings, "contradicting_pairs": of_pairs}
    items = {"contradicting": "true"}
    found = {"contradicting_rankings": rankings, "contradicting_pairs": pairs}
    return {"all": [_row("all", "all", found, items)], "labeler": _by_labeler(names, columns, items)}


def _time(project: Project, reading: Reading) -> Tables:
    # An imported judgment may have no time, which is 0.
    judgments, of = judgments_of([row for row in reading.rows if row.active_seconds > 0])
    seconds = np.array([row.active_seconds for row in of], dtype=np.float64)
    whole, without = agreement_by_time(judgments, seconds)
    if all(share["value"] is None for share in whole):
        return {}
    return {
        "seconds": [
            _row(
                str(at),
                _bounds(SECONDS, at),
                {"pairwise": whole[at], "pairwise_decided": without[at]},
                {"seconds": str(at)},
            )
            for at in range(len(SECONDS) - 1)
        ]
    }


READ: dict[str, Callable[[Project, Reading], Tables]] = {
    "position": _position,
    "length": _length,
    "contradictions": _contradictions,
    "time": _time,
}
"""From rankings; of a large project from those of a random sample of prompts."""


def _divided(project: Project) -> Tables:
    """How many items there are of each agreement: all of them, counted in the database."""
    bin = Least(Cast(Floor(Cast("agreement", FloatField()) * 10 + 1e-8), IntegerField()), AGREEMENTS - 1)
    counted = (
        ItemFigures.objects.filter(project=project, kind=TaskKind.COMPARISON, purpose=TaskPurpose.WORK)
        .exclude(agreement=None)
        .values_list(bin)
        .annotate(n=Count("pk"))
    )
    counts = dict(counted)
    n = sum(counts.values())
    rows = []
    for at in range(AGREEMENTS) if n else ():
        label = "1" if at == AGREEMENTS - 1 else f"{at / 10:g} to {(at + 1) / 10:g}"
        found = {"value": counts.get(at, 0) / n, "n": n, "agree": counts.get(at, 0)}
        rows.append(_row(str(at), label, {"items": found}, {"agreement": str(at)}))
    return {"agreement": rows}


def _constants(project: Project) -> Tables:
    """Labelers' later answers to constant comparisons against their own first ones, by week and by labeler."""
    shares = drift(project)
    names = pseudonyms_in(project.pk)
    weeks: dict[date, list[ItemShare]] = defaultdict(list)
    for found in shares.values():
        for monday, share in found:
            weeks[monday].append(share)
    mondays = sorted(monday for monday, found in weeks.items() if sum(share.n for share in found))[-MOST_WEEKS:]
    agree = [sum(share.agree for share in weeks[monday]) for monday in mondays]
    sizes = [sum(share.n for share in weeks[monday]) for monday in mondays]
    chart = p_chart(agree, sizes, laney=True)
    points = zip(mondays, sizes, chart.shares, chart.lower, chart.upper, chart.outside, strict=True)
    by_week = [
        _row(
            str(monday),
            str(monday),
            {
                "same": _known(share, size),
                "center": _known(chart.center),
                "lower": _known(lower),
                "upper": _known(upper),
            },
            {"constant": "true", "week": str(monday)},
            outside=outside,
        )
        for monday, size, share, lower, upper, outside in points
    ]
    answered: dict[UUID, list[ItemShare]] = {user: [share for _, share in found] for user, found in shares.items()}
    by_labeler = [
        _row(names[user], names[user], {"same": _estimate(found)}, {"constant": "true", "labeler": names[user]})
        for user, found in sorted(answered.items(), key=lambda one: names.get(one[0], ""))
        if user in names and found
    ]
    return {"week": by_week, "labeler": by_labeler}


def _estimate(found: list[ItemShare]) -> Estimate:
    value = estimate(found)
    return {key: value[key] for key in ("value", "low", "high", "n")}


COUNTED: dict[str, Callable[[Project], Tables]] = {"divided": _divided, "constants": _constants}
"""From what is counted of all judgments."""

VIEWS = [*COUNTED, *READ]


def explore_view(project: Project, view: str) -> dict[str, Any]:
    """A view's tables; how many rankings they rest on, of about how many; and how many judged items are not in yet."""
    if view in COUNTED:
        waiting = catch_up(project) if view == "divided" else 0
        return {"view": view, "tables": _listed(COUNTED[view](project)), "rankings": 0, "rankings_of": 0,
                "counting": waiting, "as_of": None}  # fmt: skip
    return {"view": view, **current_answer(project, f"explore {view}", lambda project: computed_view(project, view))}


def computed_view(project: Project, view: str) -> dict[str, Any]:
    """A view that is READ, computed now."""
    reading = read_rankings(project)
    tables = READ[view](project, reading) if reading.rows else {}
    return {"tables": _listed(tables), "rankings": len(reading.rows), "rankings_of": reading.of}


def _listed(tables: Tables) -> list[dict[str, Any]]:
    return [{"name": name, "rows": rows} for name, rows in tables.items()]
