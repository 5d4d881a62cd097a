"""Items by the models whose outputs were judged, counted as the evaluation counts them (evaluation/read.py)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from labeling.collection.models import AssignmentState, BatchStatus, Candidate, Rating
from labeling.errors import InvalidError
from labeling.projects.models import Project
from labeling.review.evaluation.models import Evaluation
from labeling.review.evaluation.read import CLOSED_DOMAIN
from labeling.review.evaluation.results import HALLUCINATION
from labeling.review.evaluation.settings import all_sets, in_set, models_of
from labeling.review.items.models import ItemFigures


def _wrote(*models: UUID) -> Q:
    """The rated output counts for one of these models: its own, or the same text."""
    twins = Candidate.objects.filter(
        prompt=OuterRef("candidate__prompt"), text_key=OuterRef("candidate__text_key"), generation__model__in=models
    )
    imported = Q(comparison__judgment__assignment__task__batch__imported=True)
    return Q(candidate__generation__model__in=models) | (~imported & Q(Exists(twins)))


OUTCOMES = {"won": "rank__gt", "tied": "rank", "lost": "rank__lt"}
"""How the other model's output is ranked where the first one's won, tied or lost."""


def judged_model(asked: Mapping[str, Any]) -> Exists:
    """An output of the model was judged, with the flag asked for; beside one of the other, with that outcome."""
    rated = Rating.objects.filter(_wrote(asked["model"]), comparison=OuterRef("pk"))
    if asked.get("flag"):
        rated = rated.filter(flags__contains={asked["flag"]: True})
    if asked.get("against"):
        other = Rating.objects.filter(_wrote(asked["against"]), comparison=OuterRef("comparison"))
        if asked.get("outcome"):
            other = other.filter(**{OUTCOMES[asked["outcome"]]: OuterRef("rank")})
        rated = rated.filter(Exists(other))
    return Exists(rated)


def of_evaluation(
    project: Project, asked: Mapping[str, Any], items: QuerySet[ItemFigures]
) -> tuple[QuerySet[ItemFigures], list[Any]]:
    """The items of a prompt set that the project's evaluation counts, and what it asks of their judgments.

    InvalidError where the evaluation has no such set.
    """
    evaluation = Evaluation.objects.filter(project=project).first()
    sets = {one["name"]: one for one in all_sets(evaluation)} if evaluation else {}
    if evaluation is None or asked["prompt_set"] not in sets:
        raise InvalidError(
            "The evaluation has no such set of prompts.", errors={"prompt_set": ["A set of the project's evaluation."]}
        )
    items = items.filter(in_set(sets[asked["prompt_set"]], "task__prompt__"), task__prompt__withdrawn_at=None).exclude(
        task__batch__status=BatchStatus.WITHDRAWN
    )
    counted: list[Any] = [Q(assignment__state=AssignmentState.SUBMITTED)]
    if not asked.get("model"):
        wrote = _wrote(*(model.pk for model in models_of(evaluation)))
        counted.append(Exists(Rating.objects.filter(wrote, comparison=OuterRef("pk"))))
    if asked.get("flag") == HALLUCINATION:
        # Said of closed-domain prompts only.
        use_case = "assignment__task__prompt__use_case"
        unnamed = Q(**{use_case: ""}, prompt_flags__contains={"closed_domain": True})
        counted.append(Q(**{f"{use_case}__in": CLOSED_DOMAIN}) | unnamed)
    return items, counted
