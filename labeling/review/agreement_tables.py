"""Tables of agreement: a project's rankings by labeler, pool, week and so on, each figure with its interval.

People stand there by pseudonym. A table is a list of rows {"key", "labels", "estimates": {name: estimate}}; what a row
lacks it says in words (statistics.bootstrap).
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any
from uuid import UUID

import numpy as np

from labeling.projects.models import Membership, Pool, Project, Rubric
from labeling.review.rankings import (
    RankedJudgment,
    attribute,
    flag_columns,
    judgments_of,
    rating_columns,
    sampled_rankings,
)
from labeling.review.statistics.dawid_skene import fit_dawid_skene
from labeling.review.statistics.flags import flag_agreement
from labeling.review.statistics.groups import agreement_by, agreement_within
from labeling.review.statistics.icc import rating_agreement

Row = dict[str, Any]

MOST_PAIRS = 300
"""Of the pairs of labelers those with the most comparisons; 200 labelers have 19,900."""

SMOOTHING = 1.0
"""Answers added to each cell of a labeler's table of errors, so that one of few answers does not look perfect."""


def pseudonyms(project: Project) -> dict[UUID, str]:
    return dict(Membership.objects.filter(project=project).values_list("user_id", "pseudonym"))


def _row(key: str, labels: Sequence[str], estimates: dict[str, Any]) -> Row:
    return {"key": key, "labels": list(labels), "estimates": estimates}


def _people(found: Sequence[Row], names: dict[UUID, str]) -> list[Row]:
    """Rows of agreement_by with pseudonyms in place of people."""
    rows = []
    for row in found:
        labels = [names[labeler] for labeler in row["labelers"]]
        estimates = {name: row[name] for name in ("pairwise", "pairwise_decided", "cohen_kappa")}
        rows.append(_row(" ".join(labels), labels, estimates))
    return rows


def _by_labeler(project: Project, rows: Sequence[RankedJudgment]) -> list[Row]:
    return _people(agreement_by(judgments_of(rows)[0], "labeler"), pseudonyms(project))


def _by_pair(project: Project, rows: Sequence[RankedJudgment]) -> list[Row]:
    return _people(agreement_by(judgments_of(rows)[0], "pair", most=MOST_PAIRS), pseudonyms(project))


def _by_researchers(project: Project, rows: Sequence[RankedJudgment]) -> list[Row]:
    """Each person against the researchers: of a researcher, against the other researchers."""
    judgments, _ = judgments_of(rows)
    researchers = {row.labeler for row in rows if row.pool == Pool.RESEARCHER}
    found = agreement_by(judgments, "labeler", others=[name in researchers for name in judgments.names])
    return _people(found, pseudonyms(project))


def _by_attribute(name: str, label: Callable[[Any], str] = str) -> Callable[[Project, list[RankedJudgment]], list[Row]]:
    def table(project: Project, rows: list[RankedJudgment]) -> list[Row]:
        judgments, of = judgments_of(rows)
        return _within(judgments, attribute(of, name), label)

    return table


def _within(judgments: Any, keys: Sequence[Hashable], label: Callable[[Any], str] = str) -> list[Row]:
    found = sorted(agreement_within(judgments, keys), key=lambda row: row["key"])
    return [
        _row(str(row["key"]), [label(row["key"])], {name: value for name, value in row.items() if name != "key"})
        for row in found
    ]


def _by_batch(project: Project, rows: list[RankedJudgment]) -> list[Row]:
    names = {row.batch: row.batch_name for row in rows}
    return _by_attribute("batch", lambda number: names[number])(project, rows)


def _by_week(project: Project, rows: list[RankedJudgment]) -> list[Row]:
    """By the week in which a unit was last judged, so that judgments of different weeks are compared, too."""
    judgments, of = judgments_of(rows)
    last: dict[int, Any] = {}
    for unit, row in zip(judgments.units.tolist(), of, strict=True):
        last[unit] = max(row.week, last.get(unit, row.week))
    return _within(judgments, [last[unit] for unit in judgments.units.tolist()])


def _ratings(project: Project, rows: list[RankedJudgment]) -> list[Row]:
    """All ratings, and those of each pool."""
    table = [_row("all", ["all"], rating_agreement(rating_columns(rows)))]
    for pool in Pool.values:
        if own := [row for row in rows if row.pool == pool]:
            table.append(_row(pool, [pool], rating_agreement(rating_columns(own))))
    return table


def _flags(project: Project, rows: list[RankedJudgment]) -> list[Row]:
    """Each output flag of the rubrics that the judgments were made with."""
    asked: dict[str, set[UUID]] = {}
    for rubric in Rubric.objects.filter(pk__in={row.rubric for row in rows if row.rubric}).order_by("version"):
        for flag in rubric.content["output_flags"]:
            asked.setdefault(flag["key"], set()).add(rubric.pk)
    return [_row(flag, [flag], flag_agreement(flag_columns(rows, flag, of))) for flag, of in asked.items()]


def _reliability(project: Project, rows: list[RankedJudgment]) -> list[Row]:
    """What Dawid and Skene's model makes of each labeler's votes on pairs of outputs; the most telling first."""
    judgments, _ = judgments_of(rows)
    if not len(judgments.units):
        return []
    model = fit_dawid_skene(judgments.units, judgments.labelers, judgments.values + 1, 3, smoothing=SMOOTHING)
    names, votes = pseudonyms(project), np.bincount(judgments.labelers)
    table = []
    for place in np.argsort(-model.worth, kind="stable").tolist():
        name, n = names[judgments.names[place]], int(votes[place])
        values = {
            "accuracy": model.accuracy[place],
            "worth": model.worth[place],
            "tie_bias": model.bias[place, 1],
            "first_bias": model.bias[place, 0] - model.bias[place, 2],
        }
        table.append(_row(name, [name], {key: {"value": float(value), "n": n} for key, value in values.items()}))
    return table


TABLES: dict[str, Callable[[Project, list[RankedJudgment]], list[Row]]] = {
    "labeler": _by_labeler,
    "pair": _by_pair,
    "researchers": _by_researchers,
    "pool": _by_attribute("pool"),
    "use_case": _by_attribute("use_case"),
    "language": _by_attribute("language"),
    "guideline": _by_attribute("guideline", lambda version: f"v{version}"),
    "batch": _by_batch,
    "week": _by_week,
    "rating": _ratings,
    "flag": _flags,
    "reliability": _reliability,
}


def agreement_table(project: Project, by: str) -> dict[str, Any]:
    """The table of TABLES by this name, and how many rankings it rests on, of about how many."""
    sample = sampled_rankings(project)
    return {"by": by, "rows": TABLES[by](project, sample.rows), "rankings": len(sample.rows), "rankings_of": sample.of}
