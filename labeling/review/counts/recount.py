"""Counts brought up to date: the prompts that a trigger noted, a few at a time, each time in one transaction.

A worker that dies in the middle has changed nothing: its prompts stand noted. Two at once take turns at a project, by
the lock of its CountState; and what is counted twice gives the same.
"""

import time
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import Count

from labeling.projects.models import Pool, Project
from labeling.review.counts.columns import Columns, array, ids, insert, of_prompts
from labeling.review.counts.models import CountState, StalePrompt
from labeling.review.counts.scores import flag_counts, flags_of_rubrics, rating_counts
from labeling.review.rankings import RankedJudgment, attribute, judgments_of, ranking_columns, rankings_of
from labeling.review.statistics.arrays import Ints
from labeling.review.statistics.judgments import Judgments, comparisons
from labeling.review.statistics.kendall import rank_sums

TABLES = ("review_promptcount", "review_unitcount", "review_paircount", "review_ratingcount", "review_flagcount")

PROMPTS = 200
"""Counted in one transaction."""

NOTES = 2000
"""Read at a time of those that name these prompts."""

NOTE_ALL = """
    INSERT INTO review_staleprompt (project_id, prompt_id)
    SELECT project_id, prompt_id FROM review_promptcount WHERE project_id = %s
"""


def recount(project: Project, *, seconds: float) -> int:
    """Count noted prompts of a project for about so long; returns how many wait still."""
    until = time.monotonic() + seconds
    _follow_time_zone(project)
    while _recount_some(project.pk) and time.monotonic() < until:
        pass
    return StalePrompt.objects.filter(project_id=project.pk).aggregate(n=Count("prompt_id", distinct=True))["n"]


def _follow_time_zone(project: Project) -> None:
    """Weeks begin at another moment in another time zone: then all prompts are noted."""
    with transaction.atomic():
        moved = CountState.objects.filter(pk=project.pk).exclude(time_zone=project.time_zone)
        if moved.exists() and (state := moved.select_for_update().first()):
            with connection.cursor() as cursor:
                cursor.execute(NOTE_ALL, [project.pk])
            state.time_zone = project.time_zone
            state.save(update_fields=["time_zone"])


def recount_all(*, seconds: float) -> None:
    """Count noted prompts of all projects for about so long: the monitor's step. Each project gets its turn."""
    until = time.monotonic() + seconds
    while projects := _noted_projects():
        for project_id in projects:
            _recount_some(project_id)
            if time.monotonic() >= until:
                return


def _noted_projects() -> list[UUID]:
    return list(StalePrompt.objects.order_by().values_list("project_id", flat=True).distinct())


@transaction.atomic
def _recount_some(project_id: UUID) -> bool:
    """Count PROMPTS prompts that are noted; False where none is."""
    noted = StalePrompt.objects.filter(project_id=project_id).order_by("id").values_list("id", "prompt_id")
    if not noted.exists():
        return False
    project = Project.objects.filter(pk=project_id).first()
    zone = project.time_zone if project else ""
    CountState.objects.bulk_create([CountState(project_id=project_id, time_zone=zone)], ignore_conflicts=True)
    state = CountState.objects.select_for_update().get(pk=project_id)
    # Read under the lock: what was noted by now is committed, so the rankings that are read next have it.
    notes = list(noted[:NOTES])
    prompts = list(dict.fromkeys(prompt for _, prompt in notes))[:PROMPTS]
    if not prompts:
        return False
    rows = rankings_of(project, zone=state.time_zone, prompts=prompts) if project else []
    _replace(project_id, prompts, rows)
    chosen = set(prompts)
    StalePrompt.objects.filter(pk__in=[note for note, prompt in notes if prompt in chosen]).delete()
    state.version += 1
    state.save(update_fields=["version"])
    return True


def _replace(project_id: UUID, prompts: Sequence[UUID], rows: list[RankedJudgment]) -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE prompt_id = ANY(%s::uuid[])", [ids(prompts)])  # noqa: S608
    if not rows:
        return
    rows = sorted(rows, key=lambda row: row.prompt)  # a stable sort: still earliest first within a prompt
    judgments, of = judgments_of(rows)
    judged = sorted({row.prompt for row in of})  # judgments' clusters are these
    insert("review_promptcount", project_id, _prompt_counts(rows, judgments, judged))
    insert("review_unitcount", project_id, _unit_counts(judgments, of, judged))
    insert("review_paircount", project_id, _pair_counts(judgments, judged))
    for columns in rating_counts(rows):
        insert("review_ratingcount", project_id, columns)
    for columns in flag_counts(rows, flags_of_rubrics(project_id)):
        insert("review_flagcount", project_id, columns)


def _prompt_counts(rows: Sequence[RankedJudgment], judgments: Judgments, judged: Sequence[UUID]) -> Columns:
    prompts = list(dict.fromkeys(row.prompt for row in rows))
    sums_P4 = rank_sums(ranking_columns(rows))  # in the order in which prompts come first
    units = dict.fromkeys(prompts, 0)
    clusters, counts = np.unique(_cluster_of_units(judgments), return_counts=True)
    units |= {judged[cluster]: count for cluster, count in zip(clusters.tolist(), counts.tolist(), strict=True)}
    rankings = dict.fromkeys(prompts, 0)
    people: dict[UUID, set[UUID]] = {prompt: set() for prompt in prompts}
    researchers: dict[UUID, set[UUID]] = {prompt: set() for prompt in prompts}
    for row in rows:
        rankings[row.prompt] += 1
        people[row.prompt].add(row.labeler)
        if row.pool == Pool.RESEARCHER:
            researchers[row.prompt].add(row.labeler)
    return [
        *of_prompts(prompts),
        ("rankings", "integer", list(rankings.values())),
        ("units", "integer", list(units.values())),
        ("tau_sum", "float8", sums_P4[:, 0].tolist()),
        ("tau_n", "integer", sums_P4[:, 1].astype(int).tolist()),
        ("w_sum", "float8", sums_P4[:, 2].tolist()),
        ("w_n", "integer", sums_P4[:, 3].astype(int).tolist()),
        ("labelers", "uuid[]", [array(sorted(people[prompt])) for prompt in prompts]),
        ("researchers", "uuid[]", [array(sorted(researchers[prompt])) for prompt in prompts]),
    ]


def _cluster_of_units(judgments: Judgments) -> Ints:
    clusters = np.zeros(int(judgments.units.max(initial=-1)) + 1, dtype=np.int64)
    clusters[judgments.units] = judgments.clusters
    return clusters


ATTRIBUTES = (("pool", "varchar"), ("batch", "integer"), ("guideline", "integer"))
"""Of a judgment; the columns of UnitCount besides the week."""

NONE = -1


def _unit_counts(judgments: Judgments, of: Sequence[RankedJudgment], judged: Sequence[UUID]) -> Columns:
    cluster_U = _cluster_of_units(judgments)
    units = len(cluster_U)
    weeks_U = np.full(units, NONE)
    np.maximum.at(weeks_U, judgments.units, np.array([row.week.toordinal() for row in of], dtype=np.int64))
    whole = [cluster_U, weeks_U]
    parts = []  # of units whose judgments are of several pools, batches or guidelines
    known: list[list[Any]] = []
    for place, (name, _) in enumerate(ATTRIBUTES):
        codes_N, values = _codes(attribute(of, name))
        known.append(values)
        lowest_U, highest_U = np.full(units, len(values)), np.full(units, NONE)
        np.minimum.at(lowest_U, judgments.units, codes_N)
        np.maximum.at(highest_U, judgments.units, codes_N)
        one_U = lowest_U == highest_U
        whole.append(np.where(one_U, lowest_U, NONE))
        rows = np.flatnonzero(~one_U[judgments.units] & (codes_N != NONE))
        keys, part = np.unique(judgments.units[rows] * len(values) + codes_N[rows], return_inverse=True)
        columns = np.full((len(keys), 2 + len(ATTRIBUTES)), NONE)
        columns[:, 0] = cluster_U[keys // max(1, len(values))]
        columns[:, 2 + place] = keys % max(1, len(values))
        parts.append(np.column_stack([columns, _counts(part, judgments.values[rows], len(keys))]))
    stacked = np.vstack([np.column_stack([*whole, _counts(judgments.units, judgments.values, units)]), *parts])
    kinds, alike = np.unique(stacked, axis=0, return_counts=True)
    cluster, week, *attributes, first, tie, second = kinds.T.tolist()
    return [
        *of_prompts([judged[one] for one in cluster]),
        ("week", "date", [None if one == NONE else date.fromordinal(one) for one in week]),
        *(
            (name, kind, [None if one == NONE else values[one] for one in column])
            for (name, kind), values, column in zip(ATTRIBUTES, known, attributes, strict=True)
        ),
        ("first", "integer", first),
        ("tie", "integer", tie),
        ("second", "integer", second),
        ("units", "integer", alike.tolist()),
    ]


def _codes(column: Sequence[Any]) -> tuple[Ints, list[Any]]:
    """Each value's place among the values that occur, NONE where there is none; and these values."""
    places: dict[Any, int] = {}
    codes = [NONE if one is None else places.setdefault(one, len(places)) for one in column]
    return np.array(codes, dtype=np.int64), list(places)


def _counts(groups: Ints, values: Ints, size: int) -> Ints:
    """(G, 3): how many judgments of each group are first better, tie, second better."""
    return np.bincount(groups * 3 + values + 1, minlength=size * 3).reshape(size, 3)


CODES = ("ff", "ft", "fs", "tf", "tt", "ts", "sf", "st", "ss")
"""The columns of PairCount, in the order of groups.SAME."""


def _pair_counts(judgments: Judgments, judged: Sequence[UUID]) -> Columns:
    pairs = comparisons(judgments.units, judgments.labelers)
    size = len(judgments.names)
    one, other = judgments.labelers[pairs.first], judgments.labelers[pairs.second]
    codes = (judgments.values[pairs.first] + 1) * 3 + judgments.values[pairs.second] + 1
    keys, group = np.unique((judgments.clusters[pairs.first] * size + one) * size + other, return_inverse=True)
    counts_G9 = np.bincount(group * 9 + codes, minlength=len(keys) * 9).reshape(-1, 9)
    people = ids(judgments.names)
    return [
        *of_prompts([judged[cluster] for cluster in (keys // size**2).tolist()]),
        ("one", "uuid", [people[place] for place in (keys // size % size).tolist()]),
        ("other", "uuid", [people[place] for place in (keys % size).tolist()]),
        *((name, "integer", column.tolist()) for name, column in zip(CODES, counts_G9.T, strict=True)),
    ]
