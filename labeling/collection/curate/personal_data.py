"""Prompts that may hold personal data: what was found where, and what a researcher decides."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.cleaning.duplicates import prefix_key
from labeling.collection.cleaning.splits import text_key
from labeling.collection.cleaning.texts import text_of
from labeling.collection.models import Assignment, Candidate, Judgment, Prompt, SkipReason
from labeling.collection.services.add_candidates import candidate_key
from labeling.collection.services.change_prompt import change_prompt
from labeling.collection.services.recall import recall
from labeling.errors import ConflictError, InvalidError
from labeling.projects.models import Project

KEEP, CLEAN, WITHDRAW = "keep", "clean", "withdraw"
DECISIONS = (KEEP, CLEAN, WITHDRAW)
MASK = "[PERSONAL DATA]"
FLAG = "personal_data"  # the prompt flag of that name in the paper's rubric


def personal_data_queue(project: Project, prompts: QuerySet[Prompt] | None = None) -> QuerySet[Prompt]:
    """Of the project's prompts, or these of them, those to decide on: held back, masked when they came in, or reported
    by labelers; oldest first.

    Each has `skips` and `flags`, the numbers of labelers' reports.
    """
    skips = Assignment.objects.filter(project=project, skip_reason=SkipReason.PERSONAL_DATA)
    flags = Judgment.objects.filter(assignment__project=project, current=True, prompt_flags__contains={FLAG: True})
    undecided = Q(personal_data_checked_at=None) & (Q(held_back=True) | ~Q(personal_data=[]))
    reported = Q(pk__in=skips.filter(_newer("task__prompt", "updated_at")).values("task__prompt"))
    reported |= Q(
        pk__in=flags.filter(_newer("assignment__task__prompt", "created_at")).values("assignment__task__prompt")
    )
    return (
        (Prompt.objects.all() if prompts is None else prompts)
        .filter(undecided | reported, project=project, withdrawn_at=None)
        .annotate(
            skips=_count(skips.filter(task__prompt=OuterRef("pk")), "task__prompt"),
            flags=_count(flags.filter(assignment__task__prompt=OuterRef("pk")), "assignment__task__prompt"),
        )
        .order_by("created_at", "pk")
    )


def _newer(prompt: str, told: str) -> Q:
    """Told since the prompt was last decided on."""
    checked = f"{prompt}__personal_data_checked_at"
    return Q(**{f"{prompt}__isnull": False}) & (Q(**{checked: None}) | Q(**{f"{told}__gt": F(checked)}))


def _count(reports: QuerySet, by: str) -> Coalesce:
    counted = reports.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@transaction.atomic
def decide_personal_data(*, actor: User, prompt: Prompt, decision: str, pieces: Sequence[str] = ()) -> Prompt:
    """Keep the prompt as it is and free it, mask these pieces of it and free it, or withdraw it.

    Masking reaches its outputs too. Judgments stay as they are, and so do snapshots that were made; these are marked,
    so that an admin may purge their files. InvalidError where a piece is not in the text, ConflictError where the
    prompt was withdrawn meanwhile.
    """
    prompt = Prompt.objects.select_for_update(no_key=True).get(pk=prompt.pk)
    if prompt.withdrawn_at is not None:
        if decision == WITHDRAW:
            return prompt
        raise ConflictError("This prompt was withdrawn. Take that back first.", code="withdrawn")
    if decision == CLEAN:
        _mask(prompt, pieces)
        recall(actor=actor, project=prompt.project, prompts=Prompt.objects.filter(pk=prompt.pk))
    prompt.personal_data_checked_at = timezone.now()
    prompt.held_back = False
    prompt.save(update_fields=["personal_data_checked_at", "held_back"])
    if decision == WITHDRAW:
        change_prompt(actor=actor, prompt=prompt, withdrawn=True)
    record_event(actor, "prompt.personal_data_decided", prompt, decision=decision, masked=len(pieces))
    return prompt


def _mask(prompt: Prompt, pieces: Sequence[str]) -> None:
    """Put MASK in place of each piece, the longest first, in the prompt and its outputs."""
    wanted = sorted(set(pieces), key=len, reverse=True)
    text = text_of(prompt.messages)
    candidates = list(Candidate.objects.select_for_update(no_key=True).filter(prompt=prompt).order_by("pk"))
    missing = [piece for piece in wanted if piece not in text and not any(piece in one.text for one in candidates)]
    if not wanted or missing:
        raise InvalidError(
            f"{len(missing)} of these pieces are not in the prompt or its outputs."
            if missing
            else "Say which pieces are to be masked.",
            errors={"pieces": [f"Not found: {piece}" for piece in missing] or ["Give at least one."]},
        )

    def masked(value: str) -> str:
        for piece in wanted:
            value = value.replace(piece, MASK)
        return value

    whole = prompt.prefix_key == prompt.text_key
    prompt.messages = [{**message, "content": masked(message["content"])} for message in prompt.messages]
    prompt.personal_data = sorted({*prompt.personal_data, "other"})
    text = text_of(prompt.messages)
    prompt.text_key = text_key(text)
    key = prompt.text_key if whole else prefix_key(text)
    # Where another prompt has this beginning by now, the old key stays: both are in the project already.
    if not Prompt.objects.filter(project=prompt.project_id, prefix_key=key).exclude(pk=prompt.pk).exists():
        prompt.prefix_key = key
    prompt.save(update_fields=["messages", "personal_data", "text_key", "prefix_key"])
    changed = [candidate for candidate in candidates if masked(candidate.text) != candidate.text]
    for candidate in changed:
        candidate.text = masked(candidate.text)
        candidate.text_key = candidate_key(candidate.text)
    Candidate.objects.bulk_update(changed, ["text", "text_key"], batch_size=500)
