"""Current rankings of a project, one row each, and the columns of numbers that the statistics are made of.

Candidates are the same where prompt and text are, and stand in the order of their creation; only current judgments of
purpose work are read (architecture, Fixed points).

Agreement itself is read from counts that are kept (counts/). What needs the rankings themselves (ratings, flags, models
of labelers) reads, of a large project, a random sample of prompts with all their rankings, so that a web process holds
about MOST of them at most: the intervals over the prompts that were read say how far it may be off.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar
from uuid import UUID

import numpy as np
from django.db import connection

from labeling.accounts.models import User
from labeling.collection.models import Slot, SlotState
from labeling.projects.models import Project, TaskKind
from labeling.review.statistics.arrays import Ints
from labeling.review.statistics.judgments import Judgments
from labeling.review.statistics.kendall import Rankings
from labeling.review.statistics.scores import Scores

MOST = 20_000
"""Rankings beyond about this number are sampled."""

# One row a ranking crosses to Python, with its outputs as arrays; earliest first, since a labeler's first counts.
RANKINGS = """
WITH same AS (  -- every candidate's first twin: same prompt, same text
    SELECT id, first_value("order") OVER (PARTITION BY prompt_id, text_key ORDER BY "order") AS twin
    FROM collection_candidate
    WHERE prompt_id IN (
        SELECT id FROM collection_prompt WHERE project_id = %(project)s AND id <= %(last)s
            AND (%(prompts)s::uuid[] IS NULL OR id = ANY(%(prompts)s::uuid[]))
    )
)
SELECT t.prompt_id, a.labeler_id, j.pool, b.number, b.name, g.version,
       date_trunc('week', j.created_at AT TIME ZONE %(zone)s)::date, p.use_case, p.language, j.rubric_id,
       array_agg(s.twin ORDER BY s.twin, r.id), array_agg(r.rank ORDER BY s.twin, r.id),
       array_agg(r.overall ORDER BY s.twin, r.id), jsonb_agg(r.flags ORDER BY s.twin, r.id), k.confidence
FROM collection_judgment j
JOIN collection_assignment a ON a.id = j.assignment_id AND a.project_id = %(project)s
JOIN collection_task t ON t.id = a.task_id AND t.purpose = 'work' AND t.kind = 'comparison'
JOIN collection_batch b ON b.id = t.batch_id AND (b.status = 'accepted' OR NOT %(accepted_only)s)
JOIN collection_prompt p ON p.id = t.prompt_id AND p.id <= %(last)s
JOIN collection_comparison k ON k.judgment_id = j.id
JOIN collection_rating r ON r.comparison_id = j.id
JOIN same s ON s.id = r.candidate_id
LEFT JOIN projects_guideline g ON g.id = j.guideline_id
WHERE j.current
    AND (%(prompts)s::uuid[] IS NULL OR t.prompt_id = ANY(%(prompts)s::uuid[]))
    AND (%(beside)s::uuid IS NULL OR t.prompt_id IN (
        SELECT own.prompt_id FROM collection_assignment mine JOIN collection_task own ON own.id = mine.task_id
        WHERE mine.project_id = %(project)s AND mine.labeler_id = %(beside)s
    ))
GROUP BY j.id, t.id, a.id, b.id, p.id, g.id, k.judgment_id
ORDER BY j.created_at, j.id
"""


@dataclass(frozen=True)
class RankedJudgment:
    prompt: UUID
    labeler: UUID
    pool: str
    batch: int
    batch_name: str
    guideline: int | None
    week: date
    """Its Monday, in the project's time zone."""
    use_case: str
    language: str
    rubric: UUID | None
    outputs: Sequence[int]
    """In order of creation; the first of those with the same text."""
    ranks: Sequence[int]
    overalls: Sequence[int | None]
    flags: Sequence[dict[str, bool]]
    confidence: int | None = None
    """Of two outputs: 1 = the one shown first is far better, 5 = no difference, 9 = the second."""


def count_rankings(project: Project) -> int:
    """About how many there are: the done slots, which is one count over one table."""
    return Slot.objects.filter(project=project, kind=TaskKind.COMPARISON, state=SlotState.DONE).count()


def last_of_share(share: float) -> UUID:
    """The id up to which lies this share of all prompts: ids are random (version 4), so these are a random sample."""
    return UUID(int=min(1 << 128, round(share * (1 << 128))) - 1) if share > 0 else UUID(int=0)


def rankings_of(
    project: Project,
    *,
    accepted_only: bool = False,
    beside: User | None = None,
    share: float = 1.0,
    prompts: Sequence[UUID] | None = None,
    zone: str | None = None,
) -> list[RankedJudgment]:
    """Every current ranking of the project, earliest first.

    Or of its accepted batches, of the prompts that the labeler `beside` worked on, of this share of its prompts, of
    these prompts. Weeks begin in the time zone `zone`, or the project's.
    """
    values: dict[str, Any] = {
        "project": project.pk,
        "zone": zone or project.time_zone,
        "accepted_only": accepted_only,
        "beside": beside and beside.pk,
        "last": last_of_share(share),
        "prompts": None if prompts is None else [str(prompt) for prompt in prompts],
    }
    with connection.cursor() as cursor:
        cursor.execute(RANKINGS, values)
        # Django leaves jsonb to its model fields, so a cursor of its own gets text.
        return [RankedJudgment(*(*row[:-2], json.loads(row[-2]), row[-1])) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Sample:
    rows: list[RankedJudgment]
    of: int
    """About how many rankings there are, where only a sample was read; else as many as rows."""


def sampled_rankings(project: Project) -> Sample:
    """All rankings of the project, or about MOST of them, of prompts chosen at random, the same each time."""
    count = count_rankings(project)
    rows = rankings_of(project, share=1.0 if count <= MOST else MOST / count)
    return Sample(rows, max(count, len(rows)) if count > MOST else len(rows))


class Ranked(Protocol):
    """What judgments of units are made of: who ranked which outputs how, these in the order of their creation."""

    @property
    def prompt(self) -> UUID: ...
    @property
    def labeler(self) -> UUID: ...
    @property
    def outputs(self) -> Sequence[int]: ...
    @property
    def ranks(self) -> Sequence[int]: ...


AnyRanked = TypeVar("AnyRanked", bound=Ranked)


def judgments_of(rows: Sequence[AnyRanked]) -> tuple[Judgments, list[AnyRanked]]:
    """Each labeler's first judgment of each unit, and for each of them the ranking it comes of."""
    judgments, of, _ = judgments_with_outputs(rows)
    return judgments, of


def judgments_with_outputs(rows: Sequence[AnyRanked]) -> tuple[Judgments, list[AnyRanked], Ints]:
    """Each labeler's first judgment of each unit, for each of them the ranking it comes of, and its two outputs (N, 2).

    Prompts and labelers are numbered in the order of their ids, so that tables do not depend on who came first.
    """
    prompts = {prompt: place for place, prompt in enumerate(sorted({row.prompt for row in rows}))}
    people = {labeler: place for place, labeler in enumerate(sorted({row.labeler for row in rows}))}
    prompt_N = np.array([prompts[row.prompt] for row in rows], dtype=np.int64)
    labeler_N = np.array([people[row.labeler] for row in rows], dtype=np.int64)
    # Places and not the numbers themselves, which grow with the whole site: a unit's code must fit 63 bits.
    known = np.array(sorted({output for row in rows for output in row.outputs}), dtype=np.int64)
    bits = len(known).bit_length()
    sizes = np.array([len(row.outputs) for row in rows], dtype=np.int64)
    row, unit, value = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    # Rankings of as many outputs are taken together: as many steps as there are sizes, not rankings.
    for size in np.unique(sizes):
        of = np.flatnonzero(sizes == size)
        outputs_NK = np.searchsorted(known, [rows[place].outputs for place in of.tolist()])
        ranks_NK = np.array([rows[place].ranks for place in of.tolist()], dtype=np.int64)
        a, b = np.triu_indices(size, k=1)
        code = (prompt_N[of, None] << 2 * bits) + (outputs_NK[:, a] << bits) + outputs_NK[:, b]
        different = outputs_NK[:, a] != outputs_NK[:, b]
        row.append(np.broadcast_to(of[:, None], code.shape)[different])
        unit.append(code[different])
        value.append(np.sign(ranks_NK[:, a] - ranks_NK[:, b])[different])
    # Earliest first again, so that the first occurrence of a labeler in a unit is the first judgment.
    order = np.argsort(np.concatenate(row), kind="stable")
    row_P, value_P = np.concatenate(row)[order], np.concatenate(value)[order]
    code_P = np.concatenate(unit)[order]
    _, unit_P = np.unique(code_P, return_inverse=True)
    _, first = np.unique(unit_P * max(1, len(people)) + labeler_N[row_P], return_index=True)
    first.sort()
    row_P = row_P[first]
    _, prompt_P = np.unique(prompt_N[row_P], return_inverse=True)  # without those that have no unit
    judgments = Judgments(prompt_P, unit_P[first], labeler_N[row_P], value_P[first], tuple(people))
    mask = (1 << bits) - 1
    outputs_N2 = known[np.column_stack([code_P[first] >> bits & mask, code_P[first] & mask])] if len(known) else code_P
    return judgments, [rows[place] for place in row_P.tolist()], outputs_N2.reshape(-1, 2)


def ranking_columns(rows: Sequence[RankedJudgment]) -> Rankings:
    """Whole rankings; an item is one set of outputs of a prompt."""
    return Rankings.from_rows((row.prompt, tuple(row.outputs), row.labeler, row.ranks) for row in rows)


def rating_columns(rows: Sequence[RankedJudgment]) -> Scores:
    """The 1-7 ratings, where they were given."""
    return Scores.from_rows(
        (row.prompt, output, row.labeler, overall)
        for row in rows
        for output, overall in zip(row.outputs, row.overalls, strict=True)
        if overall is not None
    )


def flag_columns(rows: Sequence[RankedJudgment], flag: str) -> Scores:
    """One flag's answers, 0 and 1, of rankings whose rubric asks for it; unset is no."""
    return Scores.from_rows(
        (row.prompt, output, row.labeler, int(flags.get(flag, False)))
        for row in rows
        for output, flags in zip(row.outputs, row.flags, strict=True)
    )


def attribute(rows: Sequence[RankedJudgment], name: str) -> list[Any]:
    """One attribute of each row; an empty one is None, and so left out of tables."""
    return [getattr(row, name) or None for row in rows]
