"""Tables of agreement: a project's rankings by labeler, pool, week and so on, each figure with its interval.

People stand there by pseudonym. A table is a list of rows {"key", "labels", "estimates": {name: estimate}}; what a row
lacks it says in words (statistics.bootstrap).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labeling.projects.models import Project
from labeling.projects.selectors import pseudonyms_in
from labeling.review.counts.answers import current_answer
from labeling.review.counts.read import (
    Pairs,
    Units,
    flag_sums_of,
    pairs_by_labeler,
    pairs_by_pair,
    people_of,
    pools_of,
    rankings_counted,
    rating_sums,
    units_by,
    units_by_prompt,
)
from labeling.review.counts.scores import flags_of_rubrics
from labeling.review.rankings import RankedJudgment, judgments_of, sampled_rankings
from labeling.review.statistics.flags import FLAG_SUMS, flag_agreement_of_sums
from labeling.review.statistics.groups import by_of_counts, within_of_counts
from labeling.review.statistics.icc import rating_agreement_of_sums
from labeling.review.statistics.reliability import fit_labelers, labeler_reliability

Row = dict[str, Any]

MOST_PAIRS = 300
"""Of the pairs of labelers those with the most comparisons; 200 labelers have 19,900."""


def _row(key: str, labels: Sequence[str], estimates: dict[str, Any]) -> Row:
    return {"key": key, "labels": list(labels), "estimates": estimates}


def _people(project: Project, pairs: Pairs, *, each: int = 1) -> list[Row]:
    """Rows by labeler, or by two (`each`), with pseudonyms in place of people; most comparisons first."""
    pseudonym = pseudonyms_in(project.pk)
    rows = []
    for key, row in by_of_counts(pairs.keys, pairs.places, pairs.counts_N9, pairs.drawn):
        places = (key,) if each == 1 else divmod(key, len(pairs.names))
        labels = [pseudonym[pairs.names[place]] for place in places]
        estimates = {name: row[name] for name in ("pairwise", "pairwise_decided", "cohen_kappa")}
        rows.append(_row(" ".join(labels), labels, estimates))
    return rows


def _by_researchers(project: Project) -> list[Row]:
    """Each person against the researchers: of a researcher, against the other researchers."""
    _, researchers = people_of(project.pk)
    return _people(project, pairs_by_labeler(project.pk, others=sorted(researchers)))


def _within(units: Units, label: Callable[[Any], str] = str) -> list[Row]:
    """The agreement among the judgments of each key, in the order of keys."""
    shape = (len(units.keys), units.drawn)
    found = within_of_counts(units.groups, units.places, units.counts_N3, units.units_N, shape)
    return [_row(str(key), [label(key)], estimates) for key, estimates in zip(units.keys, found, strict=True)]


def _by_batch(project: Project) -> list[Row]:
    names = dict(project.batches.values_list("number", "name"))
    return _within(units_by(project.pk, "batch"), lambda number: names[number])


def _ratings(project: Project) -> list[Row]:
    """All ratings, and those of each pool."""
    named = {"all": None} | {pool: pool for pool in pools_of(project.pk)}
    sums = {name: rating_sums(project.pk, pool=pool) for name, pool in named.items()}
    return [_row(name, [name], rating_agreement_of_sums(of.one_way_B10, of.two_way_BW)) for name, of in sums.items()]


def _flags(project: Project) -> list[Row]:
    """Each output flag of the project's rubrics."""
    sums = flag_sums_of(project.pk)
    nothing = np.zeros((0, FLAG_SUMS))
    return [
        _row(flag, [flag], flag_agreement_of_sums(sums.get(flag, nothing))) for flag in flags_of_rubrics(project.pk)
    ]


def _reliability(project: Project, rows: list[RankedJudgment]) -> list[Row]:
    """What Dawid and Skene's model makes of each labeler's votes on pairs of outputs; the most telling first."""
    judgments, _ = judgments_of(rows)
    if not len(judgments.units):
        return []
    figures = labeler_reliability(judgments, fit_labelers(judgments))
    known = {str(user): name for user, name in pseudonyms_in(project.pk).items()}
    names = [known[str(user)] for user in judgments.names]
    table = [_row(name, [name], estimates) for name, estimates in zip(names, figures, strict=True)]
    return sorted(table, key=lambda row: -row["estimates"]["worth"]["value"])


COUNTED: dict[str, Callable[[Project], list[Row]]] = {
    "labeler": lambda project: _people(project, pairs_by_labeler(project.pk)),
    "pair": lambda project: _people(project, pairs_by_pair(project.pk, most=MOST_PAIRS), each=2),
    "researchers": _by_researchers,
    "pool": lambda project: _within(units_by(project.pk, "pool")),
    "use_case": lambda project: _within(units_by_prompt(project.pk, "use_case")),
    "language": lambda project: _within(units_by_prompt(project.pk, "language")),
    "guideline": lambda project: _within(units_by(project.pk, "guideline"), lambda version: f"v{version}"),
    "batch": _by_batch,
    # By the week in which a unit was last judged, so that judgments of different weeks are compared, too.
    "week": lambda project: _within(units_by(project.pk, "week")),
    "rating": _ratings,
    "flag": _flags,
}
"""From counts of all judgments."""

READ: dict[str, Callable[[Project, list[RankedJudgment]], list[Row]]] = {
    "reliability": _reliability,
}
"""From rankings: of a large project those of a random sample of prompts."""

TABLES = [*COUNTED, *READ]


def agreement_table(project: Project, by: str) -> dict[str, Any]:
    """The table of this name; how many rankings it rests on, of about how many; how many prompts are still counted."""
    return {"by": by, **current_answer(project, by, lambda project: computed_table(project, by))}


def computed_table(project: Project, by: str) -> dict[str, Any]:
    """The table, computed now."""
    if by in COUNTED:
        rankings = rankings_counted(project.pk)
        return {"rows": COUNTED[by](project), "rankings": rankings, "rankings_of": rankings}
    sample = sampled_rankings(project)
    return {"rows": READ[by](project, sample.rows), "rankings": len(sample.rows), "rankings_of": sample.of}
