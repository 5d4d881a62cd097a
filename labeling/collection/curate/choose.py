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

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import exp
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from labeling.collection.curate.composition import target_mix
from labeling.collection.models import Prompt, Task, TaskPurpose, TaskStatus
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
         WHERE t.prompt_id = ANY(%(prompts)s) AND t.kind = 'comparison' AND t.purpose = 'work'
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
         WHERE c.prompt_id = ANY(%(prompts)s) AND s.model_id = %(model)s
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
         WHERE c.prompt_id = ANY(%(prompts)s) AND s.model_id = ANY(%(models)s)
    ), spread AS (
        SELECT prompt_id, id, var_samp(score) AS variance FROM centered GROUP BY prompt_id, id HAVING count(*) > 1
    )
    SELECT prompt_id, avg(variance) FROM spread GROUP BY prompt_id
"""


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


@dataclass
class _Measured:
    """A prompt with its weighted measures but the mix, and what the mix is by."""

    prompt: UUID
    place: int
    kinds: tuple[tuple[str, str], ...]
    parts: dict[str, float] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        return sum(self.parts.values())


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
    fields = ("pk", *targets)
    rows = list(prompts.order_by("created_at", "pk").values_list(*fields)[: MOST_PROMPTS + 1])
    if len(rows) > MOST_PROMPTS:
        raise InvalidError(f"More than {MOST_PROMPTS:,} prompts are in this choice. Filter them first.")
    measured = {
        row[0]: _Measured(row[0], place, tuple(zip(targets, row[1:], strict=True))) for place, row in enumerate(rows)
    }
    total = sum(wish.weights.values())
    weights = {name: wish.weights.get(name, 0) / total for name in MEASURES}
    ids = list(measured)
    for name, sql, found in (
        ("disagreement", _DISAGREEMENT, {}),
        ("margin", _MARGIN, {"model": next(iter(wish.models), None)}),
        ("variance", _VARIANCE, {"models": list(wish.models)}),
    ):
        if weights[name]:
            for prompt, value in _ask(sql, {"prompts": ids, **found}):
                measured[prompt].values[name] = float(value)
                measured[prompt].parts[name] = weights[name] * _useful(name, float(value))
    wanted = len(ids) if limit is None else min(limit, len(ids))
    if not weights["mix"]:
        best = sorted(measured.values(), key=lambda one: (-one.score, one.place))
        return [_chosen(one) for one in best[:wanted]]
    return _with_mix(project, list(measured.values()), targets, weights["mix"], wanted)


def _ask(sql: str, values: dict[str, Any]) -> list[tuple[UUID, float]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _useful(name: str, value: float) -> float:
    """A measure's value as 0 to 1."""
    if name == "margin":
        return 2 / (1 + exp(min(value, 700.0)))
    return value / (1 + value) if name == "variance" else value


def _chosen(one: _Measured) -> Chosen:
    if not one.parts:
        return Chosen(one.prompt, "none", 0.0, 0.0)
    reason = max(one.parts, key=lambda name: one.parts[name])
    return Chosen(one.prompt, reason, one.values[reason], one.score)


def _with_mix(
    project: Project, measured: list[_Measured], targets: dict[str, dict[str, float]], weight: float, wanted: int
) -> list[Chosen]:
    """Take one after the other: of each group that the mix sees alike the best, of those the one that is best now."""
    counts = {by: Counter(_labeled(project, by)) for by in targets}
    labeled = next(iter(counts.values())).total()

    in_order = sorted(measured, key=lambda one: (one.kinds, -one.score, one.place))
    groups = {kinds: deque(members) for kinds, members in groupby(in_order, key=lambda one: one.kinds)}
    values = {pair for kinds in groups for pair in kinds}

    def gaps_now() -> dict[tuple[tuple[str, str], ...], float]:
        missing = {
            (by, value): max(0.0, targets[by].get(value, 0.0) - (counts[by][value] / labeled if labeled else 0.0))
            for by, value in values
        }
        return {kinds: sum(map(missing.__getitem__, kinds)) / len(kinds) for kinds in groups}

    largest = max(gaps_now().values(), default=0.0) or 1.0
    chosen = []
    for _ in range(wanted):
        gaps = gaps_now()
        best = max(
            groups, key=lambda kinds: (groups[kinds][0].score + weight * gaps[kinds] / largest, -groups[kinds][0].place)
        )
        one = groups[best].popleft()
        if gaps[best] > 0:
            one.parts["mix"], one.values["mix"] = weight * gaps[best] / largest, gaps[best]
        chosen.append(_chosen(one))
        labeled += 1
        for by, value in best:
            counts[by][value] += 1
        if not groups[best]:
            del groups[best]
    return chosen


def _labeled(project: Project, by: str) -> dict[str, int]:
    """The project's prompts that have a task of work, by one of their fields."""
    tasks = Task.objects.filter(prompt=OuterRef("pk"), purpose=TaskPurpose.WORK).exclude(status=TaskStatus.WITHDRAWN)
    prompts = Prompt.objects.filter(Exists(tasks), project=project, withdrawn_at=None)
    return dict(prompts.order_by().values_list(by).annotate(n=Count("pk")))


def chosen_by(chosen: Sequence[Chosen]) -> dict[str, int]:
    """How many were chosen for each reason, the most frequent first."""
    return dict(sorted(Counter(one.reason for one in chosen).items(), key=itemgetter(1), reverse=True))
