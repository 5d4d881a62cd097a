"""What an evaluation compares: models, a baseline, and sets of prompts. Stored once a project, changed as a whole."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import Prompt
from labeling.errors import InvalidError
from labeling.projects.models import Pool, Project
from labeling.registry.models import ModelKind, ModelVersion
from labeling.registry.selectors import visible_models
from labeling.review.evaluation.models import EvaluatedModel, Evaluation

ALL = "all"
"""The name of the set of all prompts, and of all pools together; no set of one's own may have it."""

PANEL_POOLS = [*Pool.choices, (ALL, "All pools")]

FIELDS = {"sources": "source", "use_cases": "use_case", "splits": "split"}
"""What a prompt set chooses by, and the prompt's field."""


@transaction.atomic
def save_evaluation(
    *,
    actor: User,
    project: Project,
    models: Sequence[UUID],
    baseline: UUID,
    prompt_sets: Sequence[dict[str, Any]],
) -> Evaluation:
    """Store the settings in place of those before; the same again changes nothing and is no event.

    Raises InvalidError where a model is none that the actor sees, the baseline is not among the models, or two sets
    have one name.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # two researchers take turns
    chosen = list(dict.fromkeys(models))
    if baseline not in chosen:
        raise InvalidError("The baseline is not among the models.", errors={"baseline": ["Choose one of the models."]})
    known = {model.pk: model for model in visible_models(actor).filter(pk__in=chosen, kind__in=WRITERS)}
    if unknown := [str(pk) for pk in chosen if pk not in known]:
        raise InvalidError(f"There is no model {', '.join(unknown)} that writes.", errors={"models": unknown})
    names = [one["name"] for one in prompt_sets]
    if len({name.lower() for name in [*names, ALL]}) < len(names) + 1:
        raise InvalidError(
            "Each set needs a name of its own.", errors={"prompt_sets": [f"Two have one name, or one is '{ALL}'."]}
        )
    before = Evaluation.objects.filter(project=project).first()
    new = {"models": [str(pk) for pk in chosen], "baseline": str(baseline), "prompt_sets": list(prompt_sets)}
    if before is not None and settings_of(before) == new:
        return before
    evaluation, _ = Evaluation.objects.update_or_create(
        project=project,
        defaults={"baseline": known[baseline], "prompt_sets": list(prompt_sets), "changed_by": actor},
    )
    evaluation.compared.all().delete()
    EvaluatedModel.objects.bulk_create(
        EvaluatedModel(evaluation=evaluation, model=known[pk], place=place) for place, pk in enumerate(chosen)
    )
    record_event(actor, "evaluation.changed", project, **new)
    return evaluation


WRITERS = (ModelKind.POLICY, ModelKind.EXTERNAL)


def settings_of(evaluation: Evaluation) -> dict[str, Any]:
    """The settings as they are given and compared."""
    return {
        "models": [str(one.model_id) for one in evaluation.compared.all()],
        "baseline": str(evaluation.baseline_id),
        "prompt_sets": evaluation.prompt_sets,
    }


def models_of(evaluation: Evaluation) -> list[ModelVersion]:
    """The compared models in their order."""
    return [one.model for one in evaluation.compared.select_related("model")]


def available_models(user: User, project: Project) -> QuerySet[ModelVersion]:
    """Models that wrote outputs for prompts of the project, and the project's own: what one may want to compare."""
    wrote = Q(generations__candidates__prompt__project=project)
    return visible_models(user).filter(wrote | Q(project=project), kind__in=WRITERS).distinct().order_by("name", "pk")


def in_set(prompt_set: dict[str, Any], prefix: str = "") -> Q:
    """The condition on prompts of being in this set, or on what leads to a prompt by `prefix`."""
    chosen = Q()
    for name, field in FIELDS.items():
        if values := prompt_set.get(name):
            chosen &= Q(**{f"{prefix}{field}__in": values})
    return chosen


def usable_prompts(project: Project, prompt_set: dict[str, Any]) -> QuerySet[Prompt]:
    """Prompts of a set that may be shown to labelers."""
    return Prompt.objects.filter(in_set(prompt_set), project=project, withdrawn_at=None, held_back=False)


def all_sets(evaluation: Evaluation) -> list[dict[str, Any]]:
    """The sets by their names, that of all prompts last."""
    return [*evaluation.prompt_sets, {"name": ALL, "sources": [], "use_cases": [], "splits": []}]
