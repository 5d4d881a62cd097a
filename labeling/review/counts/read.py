"""Sums of counts as columns of numbers, grouped by what a bootstrap draws: a prompt, or a block of many.

However large a project is, what crosses to Python are at most as many rows as blocks times what is told apart in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Sum

from labeling.review.counts.models import PromptCount
from labeling.review.counts.recount import CODES
from labeling.review.statistics.arrays import Floats, Ints, sum_by
from labeling.review.statistics.bootstrap import MAX_BLOCKS
from labeling.review.statistics.flags import flag_sums
from labeling.review.statistics.groups import BLOCKS
from labeling.review.statistics.icc import one_way_columns

TURNED = ("ff", "tf", "sf", "ft", "tt", "st", "fs", "ts", "ss")
"""CODES as the other labeler sees them."""


def _rows(sql: str, values: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _columns(rows: Sequence[tuple], width: int) -> Ints:
    return np.array(rows, dtype=np.int64).reshape(-1, width)


@dataclass(frozen=True)
class Drawn:
    """What a bootstrap draws: the project's prompts, or blocks where there are more than `most`."""

    key: str
    """The SQL expression that names it, of a table of counts."""
    places: dict[Any, int]
    """Its place, from the value of that expression."""

    @classmethod
    def of(cls, project_id: UUID, most: int) -> "Drawn":
        prompts = PromptCount.objects.filter(project_id=project_id, units__gt=0).values_list("prompt_id", flat=True)
        found = list(prompts.order_by("prompt_id")[: most + 1])
        if len(found) <= most:
            return cls("c.prompt_id", {prompt: place for place, prompt in enumerate(found)})
        return cls(f"c.block %% {most}", {block: block for block in range(most)})

    def placed(self, rows: Sequence[tuple], at: int) -> list[tuple]:
        """Rows with the place in place of the value at this position."""
        return [(*row[:at], self.places[row[at]], *row[at + 1 :]) for row in rows]


@dataclass(frozen=True)
class Units:
    """Kinds of units: where they are drawn, how many judgments they have of each value, and how many they are."""

    groups: Ints
    """An index into `keys`."""
    places: Ints
    counts_N3: Floats
    units_N: Floats
    keys: list[Any]
    drawn: int


def all_units(project_id: UUID) -> Units:
    """All units of a project, for statistics of the whole."""
    return _units(project_id, "true", "u.week IS NOT NULL", Drawn.of(project_id, MAX_BLOCKS))


def units_by(project_id: UUID, name: str) -> Units:
    """Units by week, pool, batch or guideline: of the judgments that are of it."""
    return _units(project_id, f"u.{name}", f"u.{name} IS NOT NULL", Drawn.of(project_id, BLOCKS))


def units_by_prompt(project_id: UUID, name: str) -> Units:
    """All units by an attribute of their prompt: use_case or language; without those where it is empty."""
    return _units(project_id, f"p.{name}", f"u.week IS NOT NULL AND p.{name} <> ''", Drawn.of(project_id, BLOCKS))


def _units(project_id: UUID, key: str, condition: str, drawn: Drawn) -> Units:
    joined = "JOIN collection_prompt p ON p.id = u.prompt_id" if key.startswith("p.") else ""
    place = drawn.key.replace("c.", "u.")
    # All parts of the statement are of this file.
    sql = f"""
        SELECT {key}, {place}, u.first, u.tie, u.second, sum(u.units)
        FROM review_unitcount u {joined} WHERE u.project_id = %(project)s AND {condition} GROUP BY 1, 2, 3, 4, 5
    """  # noqa: S608
    rows = drawn.placed(_rows(sql, {"project": str(project_id)}), 1)
    keys = sorted({row[0] for row in rows})
    place_of = {name: number for number, name in enumerate(keys)}
    columns = _columns([(place_of[row[0]], *row[1:]) for row in rows], 6)
    return Units(
        columns[:, 0], columns[:, 1], columns[:, 2:5].astype(np.float64), columns[:, 5].astype(np.float64), keys,
        len(drawn.places),
    )  # fmt: skip


@dataclass(frozen=True)
class Pairs:
    """Comparisons of two labelers: where they are drawn, and how often each code occurs."""

    keys: Ints
    """A labeler, two as one x len(names) + other, or how many of the two are researchers."""
    places: Ints
    counts_N9: Floats
    names: list[UUID]
    drawn: int


def pairs_by_labeler(project_id: UUID, *, others: Sequence[UUID] | None = None) -> Pairs:
    """Each labeler's comparisons with all, or with these others, seen from that labeler."""
    drawn = Drawn.of(project_id, BLOCKS)
    sides = []
    for labeler, other, codes in (("one", "other", CODES), ("other", "one", TURNED)):
        columns = ", ".join(f"c.{code} AS {name}" for code, name in zip(codes, CODES, strict=True))
        among = "" if others is None else f"AND c.{other} = ANY(%(others)s::uuid[])"
        sides.append(
            f"SELECT c.{labeler} AS labeler, {drawn.key} AS place, {columns}"  # noqa: S608 (parts of this file)
            f" FROM review_paircount c WHERE c.project_id = %(project)s {among}"
        )
    sums = ", ".join(f"sum({code})" for code in CODES)
    values = {"project": str(project_id), "others": None if others is None else [str(other) for other in others]}
    rows = _rows(f"SELECT labeler, place, {sums} FROM ({' UNION ALL '.join(sides)}) seen GROUP BY 1, 2", values)  # noqa: S608
    return _pairs(drawn.placed(rows, 1), drawn, one=True)


def pairs_by_pair(project_id: UUID, *, most: int) -> Pairs:
    """Comparisons of each two labelers, of those who have the most."""
    drawn = Drawn.of(project_id, BLOCKS)
    sums = ", ".join(f"sum(c.{code})" for code in CODES)
    everything = " + ".join(f"c.{code}" for code in CODES)
    sql = f"""
        WITH largest AS (
            SELECT one, other FROM review_paircount c WHERE project_id = %(project)s
            GROUP BY 1, 2 ORDER BY sum({everything}) DESC, one, other LIMIT %(most)s
        )
        SELECT c.one, c.other, {drawn.key}, {sums} FROM review_paircount c JOIN largest USING (one, other)
        WHERE c.project_id = %(project)s GROUP BY 1, 2, 3
    """  # noqa: S608 (parts of this file)
    rows = _rows(sql, {"project": str(project_id), "most": most})
    return _pairs(drawn.placed(rows, 2), drawn, one=False)


def pairs_by_side(project_id: UUID, researchers: Sequence[UUID]) -> Pairs:
    """All comparisons; the keys are how many of the two are among these researchers."""
    drawn = Drawn.of(project_id, BLOCKS)
    sums = ", ".join(f"sum(c.{code})" for code in CODES)
    sql = f"""
        SELECT (c.one = ANY(%(researchers)s::uuid[]))::int + (c.other = ANY(%(researchers)s::uuid[]))::int,
               {drawn.key}, {sums}
        FROM review_paircount c WHERE c.project_id = %(project)s GROUP BY 1, 2
    """  # noqa: S608 (parts of this file)
    rows = _rows(sql, {"project": str(project_id), "researchers": [str(one) for one in researchers]})
    columns = _columns(drawn.placed(rows, 1), 11)
    return Pairs(columns[:, 0], columns[:, 1], columns[:, 2:].astype(np.float64), [], len(drawn.places))


def _pairs(rows: Sequence[tuple], drawn: Drawn, *, one: bool) -> Pairs:
    people = 1 if one else 2
    names = sorted({name for row in rows for name in row[:people]})
    places = {name: place for place, name in enumerate(names)}
    columns = _columns([(*(places[name] for name in row[:people]), *row[people:]) for row in rows], people + 10)
    keys = columns[:, 0] if one else columns[:, 0] * len(names) + columns[:, 1]
    return Pairs(keys, columns[:, people], columns[:, people + 1 :].astype(np.float64), names, len(drawn.places))


def rank_sums_of(project_id: UUID) -> Floats:
    """(B, 4) of kendall.rank_sums: of each prompt, or block of prompts."""
    drawn = Drawn.of(project_id, MAX_BLOCKS)
    sql = f"""
        SELECT sum(c.tau_sum), sum(c.tau_n), sum(c.w_sum), sum(c.w_n)
        FROM review_promptcount c WHERE c.project_id = %(project)s GROUP BY {drawn.key}
    """  # noqa: S608 (parts of this file)
    return np.array(_rows(sql, {"project": str(project_id)}), dtype=np.float64).reshape(-1, 4)


@dataclass(frozen=True)
class RatingSums:
    """Of each prompt, or block of prompts."""

    one_way_B10: Floats
    two_way_BW: Floats


def rating_sums(project_id: UUID, *, pool: str | None = None) -> RatingSums:
    """What statistics.icc needs of all ratings, or of those of a pool."""
    place = Drawn.of(project_id, MAX_BLOCKS).key
    where = "c.project_id = %(project)s AND " + ("c.whole" if pool is None else "c.pool = %(pool)s")
    values: dict[str, Any] = {"project": str(project_id), "pool": pool}
    # All parts of the statements are of this file.
    sums = f"""
        SELECT {place}, cardinality(c.labelers), sum(c.outputs), sum(c.total), sum(c.squares), sum(c.means)
        FROM review_ratingcount c WHERE {where} GROUP BY 1, 2
    """  # noqa: S608
    rows = _rows(sums, values)
    place_N, places = _placed([row[0] for row in rows])
    columns = one_way_columns(*np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 5).T)
    most = f"""
        SELECT c.labelers::text[] FROM review_ratingcount c WHERE {where}
        GROUP BY c.labelers ORDER BY sum(c.outputs) DESC, cardinality(c.labelers) DESC, c.labelers LIMIT 1
    """  # noqa: S608
    labelers: list[str] = next((row[0] for row in _rows(most, values)), [])
    values["labelers"] = labelers
    totals = "".join(f", sum(c.totals[{place}])" for place in range(1, len(labelers) + 1))
    crossed = f"""
        SELECT sum(c.outputs), sum(c.means), sum(c.squares){totals} FROM review_ratingcount c
        WHERE {where} AND c.labelers = %(labelers)s::uuid[] GROUP BY {place}
    """  # noqa: S608
    return RatingSums(
        sum_by(place_N, columns, places),
        np.array(_rows(crossed, values), dtype=np.float64).reshape(-1, len(labelers) + 3),
    )


def pools_of(project_id: UUID) -> list[str]:
    """The pools that judged, in the order of their names."""
    sql = "SELECT DISTINCT pool FROM review_unitcount WHERE project_id = %(project)s AND pool IS NOT NULL ORDER BY 1"
    return [row[0] for row in _rows(sql, {"project": str(project_id)})]


def flag_sums_of(project_id: UUID) -> dict[str, Floats]:
    """(B, 14) of statistics.flags for each flag that two labelers answered: of each prompt, or block of prompts."""
    place = Drawn.of(project_id, MAX_BLOCKS).key
    sql = f"""
        SELECT c.flag, {place}, c.no, c.yes, sum(c.outputs)
        FROM review_flagcount c WHERE c.project_id = %(project)s GROUP BY 1, 2, 3, 4
    """  # noqa: S608 (parts of this file)
    by_flag: dict[str, list[tuple]] = {}
    for flag, *row in _rows(sql, {"project": str(project_id)}):
        by_flag.setdefault(flag, []).append(tuple(row))
    found = {}
    for flag, rows in by_flag.items():
        place_N, places = _placed([row[0] for row in rows])
        no, yes, outputs = np.array([row[1:] for row in rows], dtype=np.float64).T
        found[flag] = sum_by(place_N, flag_sums(np.column_stack([no, yes])) * outputs[:, None], places)
    return found


def _placed(keys: Sequence[Any]) -> tuple[Ints, int]:
    """Each key's place among those that occur, and how many these are."""
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    return np.array([places[key] for key in keys], dtype=np.int64), len(places)


def people_of(project_id: UUID) -> tuple[set[UUID], set[UUID]]:
    """Everybody who judged, and those who judged as researchers."""
    found = []
    for column in ("labelers", "researchers"):
        sql = f"SELECT DISTINCT unnest({column}) FROM review_promptcount WHERE project_id = %(project)s"  # noqa: S608
        found.append({row[0] for row in _rows(sql, {"project": str(project_id)})})
    return found[0], found[1]


def rankings_counted(project_id: UUID) -> int:
    return PromptCount.objects.filter(project_id=project_id).aggregate(n=Sum("rankings"))["n"] or 0
