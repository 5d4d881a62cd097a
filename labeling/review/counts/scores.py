"""Ratings and flags of some prompts as rows of RatingCount and FlagCount."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

import numpy as np

from labeling.projects.models import Rubric
from labeling.review.counts.columns import Columns, array, of_prompts
from labeling.review.rankings import RankedJudgment, flag_columns, rating_columns
from labeling.review.statistics.flags import answer_counts
from labeling.review.statistics.rated_sets import rated_sets

Flags = Mapping[str, Collection[UUID]]
"""Of each flag the rubrics that ask for it."""


def flags_of_rubrics(project_id: UUID) -> Flags:
    """Every output flag of the project's rubrics, in the order in which they came up."""
    flags: dict[str, set[UUID]] = {}
    for rubric in Rubric.objects.filter(project_id=project_id).order_by("version"):
        for flag in rubric.content["output_flags"]:
            flags.setdefault(flag["key"], set()).add(rubric.pk)
    return flags


def rating_counts(rows: Sequence[RankedJudgment]) -> Iterator[Columns]:
    """Rows of RatingCount; the rankings are all of their prompts, earliest first within a prompt."""
    pools: dict[UUID, set[str]] = {}
    for row in rows:
        pools.setdefault(row.prompt, set()).add(row.pool)
    several = [row for row in rows if len(pools[row.prompt]) > 1]
    if several:
        yield from _rating_counts(several, whole=True, pool=None)
    for pool in sorted(set().union(*pools.values())):
        yield from _rating_counts([row for row in rows if pools[row.prompt] == {pool}], whole=True, pool=pool)
        yield from _rating_counts([row for row in several if row.pool == pool], whole=False, pool=pool)


def _rating_counts(rows: Sequence[RankedJudgment], *, whole: bool, pool: str | None) -> Iterator[Columns]:
    rows = [row for row in rows if any(row.overalls)]
    if not rows:
        return
    prompts = sorted({row.prompt for row in rows})
    scores = rating_columns(rows)
    people = scores.names
    for sets in rated_sets(scores):
        count = len(sets.outputs_S)
        yield [
            *of_prompts([prompts[place] for place in sets.clusters_S.tolist()]),
            ("whole", "boolean", [whole] * count),
            ("pool", "varchar", [pool] * count),
            ("labelers", "uuid[]", [array(people[place] for place in places) for places in sets.labelers_SK.tolist()]),
            ("outputs", "integer", sets.outputs_S.astype(int).tolist()),
            ("totals", "float8[]", [array(totals) for totals in sets.totals_SK.tolist()]),
            ("total", "float8", sets.totals_SK.sum(axis=1).tolist()),
            ("squares", "float8", sets.squares_S.tolist()),
            ("means", "float8", sets.means_S.tolist()),
        ]


def flag_counts(rows: Sequence[RankedJudgment], flags: Flags) -> Iterator[Columns]:
    """Rows of FlagCount of these rankings, for each flag."""
    for flag, rubrics in flags.items():
        asked = [row for row in rows if row.rubric in rubrics]
        if not asked:
            continue
        prompts = sorted({row.prompt for row in asked})
        scores = flag_columns(asked, flag)
        answers_M2 = answer_counts(scores)
        clusters, met_M = scores.cluster_of, answers_M2.sum(axis=1) > 1
        of_prompt_M = np.isin(clusters, clusters[met_M])
        kinds, outputs = np.unique(np.column_stack([clusters, answers_M2])[of_prompt_M], axis=0, return_counts=True)
        cluster, no, yes = kinds.T.tolist()
        yield [
            *of_prompts([prompts[place] for place in cluster]),
            ("flag", "text", [flag] * len(cluster)),
            ("no", "integer", no),
            ("yes", "integer", yes),
            ("outputs", "integer", outputs.tolist()),
        ]
