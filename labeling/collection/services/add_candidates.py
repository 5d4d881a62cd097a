"""Outputs for prompts, from wherever they come: uploads, and the samples of a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from labeling.collection.cleaning.texts import digest
from labeling.collection.models import Candidate, Prompt
from labeling.registry.models import Generation


@dataclass(frozen=True)
class NewCandidate:
    """One output to be stored; `index` tells samples of one generation for one prompt apart."""

    prompt_id: UUID
    text: str
    generation: Generation | None = None
    index: int = 0
    seed: int | None = None


def candidate_key(text: str) -> str:
    """The key that two outputs share exactly when their texts are the same, to the letter."""
    return digest("candidate", text)


@transaction.atomic
def add_candidates(wanted: Sequence[NewCandidate]) -> list[Candidate]:
    """Store outputs in this order, which orients their prompts' pairs for agreement; returns them in it."""
    prompt_ids = {new.prompt_id for new in wanted}
    # The creation order is unique in a prompt, so two uploads or runs take turns on it.
    locked = Prompt.objects.select_for_update(no_key=True).filter(pk__in=prompt_ids).order_by("pk")
    list(locked.values_list("pk"))
    last = dict(Candidate.objects.filter(prompt__in=prompt_ids).values_list("prompt").annotate(last=Max("order")))
    candidates = []
    for new in wanted:
        last[new.prompt_id] = last.get(new.prompt_id, 0) + 1
        candidates.append(
            Candidate(
                prompt_id=new.prompt_id,
                text=new.text,
                text_key=candidate_key(new.text),
                generation=new.generation,
                index=new.index,
                seed=new.seed,
                order=last[new.prompt_id],
            )
        )
    return Candidate.objects.bulk_create(candidates, batch_size=1000)
