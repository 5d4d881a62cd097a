"""Choosing which prompts are labeled next, each with the reason.

Four measures of a prompt, from 0 (of no use) to 1:

    disagreement   1 less the consensus of those who ranked it (consensus.py), over all judgments of work; 0 where fewer
                   than two did
    margin         how unsure a reward model is which of its two best outputs is better: 2 (1 - sigmoid(d)), d the
                   difference of their scores, which by the model's loss is the log-odds that people prefer the one
    variance       v / (1 + v), v the mean over outputs of the variance between reward models of the score less the
                   model's mean over the prompt's outputs; 0 with fewer than two models
    mix            what the target mix lacks of its use case, source and language: the share aimed at less that of the
                   prompts that have a task of work, those chosen so far among them; below 0 counts as 0, the mean over
                   what has targets, and divided by the largest at the start

A prompt's score is the weighted mean of these. The highest are taken, the oldest first among equals; since each prompt
that is taken changes what the mix lacks, prompts are taken one by one where the mix has a weight. The reason is the
measure that has the largest part in the score, or `none` where all of them are 0.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from labeling.collection.curate.composition import target_mix
from labeling.collection.curate.take_by_mix import Floats, Mix, take_by_mix
from labeling.collection.models import Prompt, Task, TaskPurpose, TaskStatus
from labeling.copy_rows import uuid_array
from labeling.errors import InvalidError
from labeling.projects.models import Project

MEASURES = ("disagreement", "margin", "variance", "mix")
REASONS = (*MEASURES, "none")
MOST_PROMPTS = 200_000

_DISAGREEMENT = """
    WITH said AS (
        SELECT t.prompt_id, one.candidate_id AS a, other.candidate_id AS b, sign(one.rank - other.rank) AS what,
               count(*) AS times
          FROM collection_task t
          JOIN collection_assignment a ON a.task_id = t.id AND a.state = 'submitted'
          JOIN collection_judgment j ON j.assignment_id = a.id AND j.current
          JOIN collection_rating one ON one.comparison_id = j.id
          JOIN collection_rating other ON other.comparison_id = j.id AND other.candidate_id > one.candidate_id
         WHERE t.prompt_id = ANY(%(prompts)s::uuid[]) AND t.kind = 'comparison' AND t.purpose = 'work'
         GROUP BY 1, 2, 3, 4
    ), pair AS (
        SELECT prompt_id, max(times) / sum(times) AS agreed FROM said GROUP BY prompt_id, a, b HAVING sum(times) > 1
    )
    SELECT prompt_id, 1 - avg(agreed) FROM pair GROUP BY prompt_id
"""
# Outputs with the same text count once.
_MARGIN = """
    WITH scored AS (
        SELECT DISTINCT ON (c.prompt_id, c.text_key) c.prompt_id, s.score
          FROM collection_candidate c JOIN collection_candidatescore s ON s.candidate_id = c.id
         WHERE c.prompt_id = ANY(%(prompts)s::uuid[]) AND s.model_id = %(model)s
         ORDER BY c.prompt_id, c.text_key, c.id
    ), ranked AS (
        SELECT prompt_id, score, row_number() OVER (PARTITION BY prompt_id ORDER BY score DESC) AS place FROM scored
    )
    SELECT prompt_id, max(score) - min(score) FROM ranked WHERE place <= 2 GROUP BY prompt_id HAVING count(*) = 2
"""
_VARIANCE = """
    WITH centered AS (
        SELECT c.prompt_id, c.id, s.score - avg(s.score) OVER (PARTITION BY c.prompt_id, s.model_id) AS score
          FROM collection_candidate c JOIN collection_candidatescore s ON s.candidate_id = c.id
         WHERE c.prompt_id = ANY(%(prompts)s::uuid[]) AND s.model_id = ANY(%(models)s)
    ), spread AS (
        SELECT prompt_id, id, var_samp(score) AS variance FROM centered GROUP BY prompt_id, id HAVING count(*) > 1
    )
    SELECT prompt_id, avg(variance) FROM spread GROUP BY prompt_id
"""


_ASKED = {"disagreement": _DISAGREEMENT, "margin": _MARGIN, "variance": _VARIANCE}
_MIX = MEASURES.index("mix")


@dataclass(frozen=True)
class Wish:
    """How to choose: the weight of each measure (those left out are 0), and the reward models that measure.

    The margin is by the first of `models`, the variance between all of them.
    """

    weights: Mapping[str, float]
    models: Sequence[UUID] = ()


@dataclass
class Chosen:
    """A prompt that was chosen. `value` is the reason's own: a share, a difference of scores, a variance, a gap."""

    prompt: UUID
    reason: str
    value: float
    score: float

    def as_stored(self) -> dict[str, Any]:
        return {"reason": self.reason, "value": round(self.value, 4), "score": round(self.score, 4)}


def check_wish(wish: Wish) -> None:
    """Raise InvalidError, by field, where the wish cannot be fulfilled."""
    used = {name for name, weight in wish.weights.items() if weight > 0}
    errors = {}
    if not used:
        errors["choose.weights"] = ["Give at least one measure a weight."]
    if "margin" in used and not wish.models:
        errors["choose.models"] = ["The margin needs a reward model that has scored the outputs."]
    if "variance" in used and len(set(wish.models)) < 2:
        errors["choose.models"] = ["The variance needs two reward models that have scored the outputs."]
    if errors:
        raise InvalidError("Prompts cannot be chosen so.", errors=errors)


def choose_prompts(*, project: Project, prompts: QuerySet[Prompt], wish: Wish, limit: int | None) -> list[Chosen]:
    """The best of these prompts by the wish, the best first; all of them without a limit. Raises InvalidError."""
    check_wish(wish)
    targets = target_mix(project)
    if wish.weights.get("mix") and not targets:
        raise InvalidError(
            "The project has no target mix.", errors={"choose.weights": ["Set a target mix on the page Curate first."]}
        )
    rows = list(prompts.order_by("created_at", "pk").values_list("pk", *targets)[: MOST_PROMPTS + 1])
    if len(rows) > MOST_PROMPTS:
        raise InvalidError(f"More than {MOST_PROMPTS:,} prompts are in this choice. Filter them first.")
    wanted = len(rows) if limit is None else min(limit, len(rows))
    weight_M = np.array([wish.weights.get(name, 0.0) for name in MEASURES])
    weight_M /= weight_M.sum()
    value_NM = _measured([row[0] for row in rows], wish)
    part_NM = weight_M * _useful(value_NM)
    if weight_M[_MIX] == 0:
        taken = np.argsort(-part_NM.sum(axis=1), kind="stable")[:wanted]
    else:
        mix = Mix(targets, {by: _labeled(project, by) for by in targets})
        taken, value_NM[:, _MIX], useful_N = take_by_mix(
            [row[1:] for row in rows], part_NM.sum(axis=1), mix, weight=weight_M[_MIX], wanted=wanted
        )
        part_NM[:, _MIX] = weight_M[_MIX] * useful_N
    reason_T = part_NM[taken].argmax(axis=1)
    columns = taken, reason_T, value_NM[taken, reason_T], part_NM[taken].sum(axis=1)
    return [
        Chosen(rows[place][0], MEASURES[reason], value, score)
        if score > 0
        else Chosen(rows[place][0], "none", 0.0, 0.0)
        for place, reason, value, score in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _measured(prompts: list[UUID], wish: Wish) -> Floats:
    """(N, M): the measures of each prompt, NaN where one says nothing of it or has no weight; the mix is for later."""
    value_NM = np.full((len(prompts), len(MEASURES)), np.nan)
    places = {prompt: place for place, prompt in enumerate(prompts)}
    asked = {"prompts": uuid_array(prompts), "model": next(iter(wish.models), None), "models": list(wish.models)}
    for at, name in enumerate(MEASURES):
        if name in _ASKED and wish.weights.get(name):
            with connection.cursor() as cursor:
                cursor.execute(_ASKED[name], asked)
                for prompt, value in cursor.fetchall():
                    value_NM[places[prompt], at] = value
    return value_NM


def _useful(value_NM: Floats) -> Floats:
    """The measures as 0 to 1, in the order of MEASURES; 0 for NaN."""
    disagreement, margin, variance, mix = value_NM.T
    useful = disagreement, 2 / (1 + np.exp(np.minimum(margin, 700))), variance / (1 + variance), mix
    return np.nan_to_num(np.column_stack(useful))


def _labeled(project: Project, by: str) -> dict[str, int]:
    """The project's prompts that have a task of work, by one of their fields."""
    tasks = Task.objects.filter(prompt=OuterRef("pk"), purpose=TaskPurpose.WORK).exclude(status=TaskStatus.WITHDRAWN)
    prompts = Prompt.objects.filter(Exists(tasks), project=project, withdrawn_at=None)
    return dict(prompts.order_by().values_list(by).annotate(n=Count("pk")))


def chosen_by(chosen: Sequence[Chosen]) -> dict[str, int]:
    """How many were chosen for each reason, the most frequent first."""
    return dict(sorted(Counter(one.reason for one in chosen).items(), key=itemgetter(1), reverse=True))
