"""Comparison tasks on the models' outputs, and which prompts are ready for them.

A task shows one output of each model, or fewer where two wrote the same. Each pool has batches of its own, so that
every pool judges every prompt: a batch for two pools together would go to whoever is faster.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, QuerySet

from labeling.accounts.models import User
from labeling.collection.models import Candidate, Prompt
from labeling.collection.services.draw_outputs import CandidateSource
from labeling.collection.services.publish_batch import PromptChoice, Published, publish_batch
from labeling.errors import DomainError, NotFoundError
from labeling.projects.models import Pool, Project, TaskKind
from labeling.review.evaluation.models import Evaluation
from labeling.review.evaluation.settings import all_sets, models_of, usable_prompts

KIND = "models"

# Prompts of which one task of work for this pool, that still counts, shows a text of every one of the models.
PUBLISHED = """
SELECT t.prompt_id
FROM collection_batch b
JOIN collection_task t ON t.batch_id = b.id AND t.kind = 'comparison' AND t.purpose = 'work' AND t.status <> 'withdrawn'
JOIN collection_taskcandidate tc ON tc.task_id = t.id
JOIN collection_candidate c ON c.id = tc.candidate_id
JOIN collection_candidate twin ON twin.prompt_id = c.prompt_id AND twin.text_key = c.text_key
JOIN registry_generation g ON g.id = twin.generation_id AND g.model_id = ANY(%(models)s::uuid[])
WHERE b.project_id = %(project)s AND b.status <> 'withdrawn' AND %(pool)s = ANY(b.pools)
GROUP BY t.id
HAVING count(DISTINCT g.model_id) = cardinality(%(models)s::uuid[])
"""


def set_named(evaluation: Evaluation, name: str) -> dict[str, Any]:
    """The prompt set of this name; NotFoundError where there is none."""
    for one in all_sets(evaluation):
        if one["name"] == name:
            return one
    raise NotFoundError(f"The evaluation has no prompt set '{name}'.")


def ready_prompts(project: Project, prompt_set: dict[str, Any], models: Sequence[UUID]) -> QuerySet[Prompt]:
    """Usable prompts of the set for which every model has an output, and not all wrote the same."""
    complete = (
        Candidate.objects.filter(prompt__project=project, generation__model__in=models)
        .order_by()
        .values("prompt")
        .annotate(models=Count("generation__model", distinct=True), texts=Count("text_key", distinct=True))
        .filter(models=len(models), texts__gte=2)
    )
    return usable_prompts(project, prompt_set).filter(pk__in=complete.values("prompt"))


def published_prompts(project: Project, models: Sequence[UUID], pool: str) -> set[UUID]:
    """Prompts on which this pool has such a task already."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"models": [str(pk) for pk in models], "project": project.pk, "pool": pool}
        cursor.execute(PUBLISHED, values)
        return {row[0] for row in cursor.fetchall()}


@transaction.atomic
def publish_evaluation(
    *,
    actor: User,
    evaluation: Evaluation,
    prompt_set: str,
    pools: Sequence[str],
    overlap: int,
    limit: int | None = None,
) -> list[Published]:
    """A batch for each pool: comparisons on the ready prompts of the set that the pool has no such task on.

    With `limit` at most so many, the same prompts for all pools as far as they are free. Sent twice, the second finds
    nothing left. Raises NotFoundError for an unknown set, DomainError `nothing_to_publish` where no pool has any left.
    """
    project = evaluation.project
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # two of these take turns
    models = [model.pk for model in models_of(evaluation)]
    chosen = set_named(evaluation, prompt_set)
    # By id, which is random: a limit takes a random sample, and for each pool the same.
    ready = list(ready_prompts(project, chosen, models).order_by("pk").values_list("pk", flat=True))
    published = []
    for pool in dict.fromkeys(pools):
        done = published_prompts(project, models, pool)
        left = [pk for pk in ready if pk not in done][:limit]
        if left:
            published.append(
                publish_batch(
                    actor=actor,
                    project=project,
                    kind=TaskKind.COMPARISON,
                    prompts=PromptChoice(ids=left),
                    candidates=CandidateSource(kind=KIND, models=tuple(models)),
                    k=len(models),
                    overlap=overlap,
                    pools=[pool],
                    name=f"Evaluation, {prompt_set}, {Pool(pool).label}"[:120],
                )
            )
    if not published:
        raise DomainError(
            "Nothing is left to publish: these pools have a task on every prompt of this set for which all models have "
            "outputs that differ.",
            code="nothing_to_publish",
        )
    return published
