"""Outputs for prompts, from wherever they come: uploads, and the samples of a run."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery

from labeling.collection.cleaning.texts import digest
from labeling.collection.models import Candidate, Prompt
from labeling.copy_rows import as_read, copy_rows
from labeling.ordered_ids import ordered_ids
from labeling.registry.models import Generation

_COLUMNS = ("id", "prompt_id", "text", "text_key", "generation_id", "index", "seed", "order")


@dataclass
class NewCandidate:
    """One output to be stored; `index` tells samples of one generation for one prompt apart."""

    prompt_id: UUID
    text: str
    generation: Generation | None = None
    index: int = 0
    seed: int | None = None
    text_key: str = field(init=False)

    def __post_init__(self) -> None:
        self.text_key = candidate_key(self.text)


def candidate_key(text: str) -> str:
    """The key that two outputs share exactly when their texts are the same, to the letter."""
    return digest("candidate", text)


@transaction.atomic
def add_candidates(wanted: Sequence[NewCandidate], *, new_prompts: Collection[UUID] = ()) -> list[Candidate]:
    """Store outputs in this order, which orients their prompts' pairs for agreement; returns them in it.

    `new_prompts` were made in this transaction, so that nobody else can have outputs for them.
    """
    last = _last_orders({new.prompt_id for new in wanted}.difference(new_prompts))
    rows = []
    for pk, new in zip(ordered_ids(len(wanted)), wanted, strict=True):
        order = last[new.prompt_id] = (last.get(new.prompt_id) or 0) + 1
        made_by = new.generation.pk if new.generation else None
        rows.append((pk, new.prompt_id, new.text, new.text_key, made_by, new.index, new.seed, order))
    copy_rows(Candidate, _COLUMNS, rows)
    return list(map(as_read(Candidate, _COLUMNS), rows))


def _last_orders(prompts: Collection[UUID]) -> dict[UUID, int | None]:
    """The creation order of each prompt's newest output. It is unique in a prompt, so two uploads or runs take turns
    on their prompts, which are locked."""
    if not prompts:
        return {}
    locked = Prompt.objects.select_for_update(no_key=True).filter(pk__in=prompts).order_by("pk")
    list(locked.values_list("pk"))
    # By the end of an index, because a prompt may have very many.
    newest = Candidate.objects.filter(prompt=OuterRef("pk")).order_by("-order").values("order")[:1]
    return dict(Prompt.objects.filter(pk__in=prompts).values_list("pk", Subquery(newest)))
