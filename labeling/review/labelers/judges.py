"""How far kinds of judges agree: labelers, researchers and reward models, beside what a perfect judge could reach."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from labeling.projects.models import Pool, Project
from labeling.registry.models import ModelVersion
from labeling.review.counts.answers import current_answer
from labeling.review.counts.read import all_units, pairs_by_side, people_of
from labeling.review.rankings import RankedJudgment, Sample, judgments_with_outputs, last_of_share, sampled_rankings
from labeling.review.statistics.agreement import SHARES
from labeling.review.statistics.arrays import Floats, Ints, ratio, sum_by
from labeling.review.statistics.bootstrap import Estimate, Measure, estimates
from labeling.review.statistics.ceiling import CEILING, leave_one_out_sums
from labeling.review.statistics.groups import code_sums
from labeling.review.statistics.judgments import Judgments

SIDES = ("labelers", "researchers_labelers", "researchers")
"""By how many of the two are researchers."""

SCORES = """
SELECT s.model_id, c.prompt_id, c."order", s.score
FROM collection_candidatescore s
JOIN collection_candidate c ON c.id = s.candidate_id
JOIN collection_prompt p ON p.id = c.prompt_id AND p.project_id = %(project)s AND p.id <= %(last)s
"""

MODEL = Measure(
    lambda s: ratio(s[..., 1], s[..., 0]),
    lambda s: s[..., 0],
    lambda _: "No pair that a labeler decided has two scores: score the outputs of 1 judged prompt or more.",
    agree=lambda s: s[..., 1],
    of="scored judgments",
)


def judges_report(project: Project) -> dict[str, Any]:
    """{"ceiling", "ceiling_decided", "rows": [{"key", "name", "kind", "pairwise", "pairwise_decided"}]}.

    Rows are labelers among themselves, researchers with labelers, researchers among themselves, and each reward model
    with the labelers; a model has no ties, so it has no `pairwise`. Scores are no judgments and change without them,
    so what models say is computed at each call, of a sample of a large project.
    """
    answer = current_answer(project, "judges", computed_people)
    models = _models(project)
    return {**answer, "rows": answer["rows"] + models}


def computed_people(project: Project) -> dict[str, Any]:
    """What people say of each other, computed now: the rows without models."""
    units = all_units(project.pk)
    size = int(units.places.max(initial=-1)) + 1

    def ceiling(counts_NK: Floats) -> Estimate:
        sums = sum_by(units.places, leave_one_out_sums(counts_NK) * units.units_N[:, None], size)
        return estimates(sums[sums[:, 0] > 0], {"ceiling": CEILING})["ceiling"]

    _, researchers = people_of(project.pk)
    pairs = pairs_by_side(project.pk, sorted(researchers))
    rows = []
    for side, name in enumerate(SIDES):
        of = pairs.keys == side
        sums = sum_by(pairs.places[of], code_sums(pairs.counts_N9[of]), pairs.drawn)
        rows.append({"key": name, "name": "", "kind": "people", **estimates(sums, SHARES)})
    return {"ceiling": ceiling(units.counts_N3), "ceiling_decided": ceiling(units.counts_N3[:, [0, 2]]), "rows": rows}


def _models(project: Project) -> list[dict[str, Any]]:
    scores: dict[UUID, dict[tuple[UUID, int], float]] = {}
    sample: Sample | None = None
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (" + SCORES + ")", {"project": project.pk, "last": last_of_share(1)})
        if not cursor.fetchone()[0]:
            return []
        sample = sampled_rankings(project)
        last = max((row.prompt for row in sample.rows), default=last_of_share(0))
        cursor.execute(SCORES, {"project": project.pk, "last": last})
        for model, prompt, order, score in cursor.fetchall():
            scores.setdefault(model, {})[prompt, order] = score
    rows = [row for row in sample.rows if row.pool != Pool.RESEARCHER]
    judgments, of, outputs_N2 = judgments_with_outputs(rows)
    names = dict(ModelVersion.objects.filter(pk__in=scores).values_list("pk", "name"))
    return [
        {
            "key": str(model),
            "name": names[model],
            "kind": "model",
            "pairwise": None,
            "pairwise_decided": model_agreement(judgments, of, outputs_N2, scores[model]),
        }
        for model in sorted(scores, key=lambda model: names[model])
    ]


def model_agreement(
    judgments: Judgments, of: Sequence[RankedJudgment], outputs_N2: Ints, scores: dict[tuple[UUID, int], float]
) -> Estimate:
    """The share of decided judgments with which a model's scores agree; equal scores agree by half."""
    gaps = np.array([
        scores.get((row.prompt, first), np.nan) - scores.get((row.prompt, second), np.nan)
        for row, (first, second) in zip(of, outputs_N2.tolist(), strict=True)
    ])  # fmt: skip
    known = np.flatnonzero(~np.isnan(gaps) & (judgments.values != 0))
    agree = (1 - np.sign(gaps[known]) * judgments.values[known]) / 2
    columns = np.column_stack([np.ones(len(known)), agree])
    sums = sum_by(judgments.clusters[known], columns, int(judgments.clusters.max(initial=-1)) + 1)
    return estimates(sums[sums[:, 0] > 0], {"model": MODEL})["model"]
