"""Publishing tasks: prompts, and for comparisons their outputs, become a batch with its slots."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.curate.choose import Chosen, Wish, choose_prompts
from labeling.collection.models import Batch, Prompt, ScreeningPart, Slot, Task, TaskCandidate, TaskPurpose
from labeling.collection.services.adaptive_overlap import check_adaptive
from labeling.collection.services.draw_outputs import CandidateSource, draw_outputs, of_source
from labeling.collection.services.mark_sensitive import add_sensitive
from labeling.collection.services.publish_once import Submission, mark, published_before
from labeling.collection.services.shared_items import check_shared, draw_shared
from labeling.copy_rows import copy_rows
from labeling.errors import DomainError, InvalidError
from labeling.projects.models import Pool, Project, Purpose, TaskKind

MAX_TASKS = 100_000
MAX_SKIPPED_TOLD = 100


@dataclass(frozen=True)
class PromptChoice:
    """Which prompts: these, or those that a filter finds."""

    ids: Sequence[UUID] | None = None
    filters: dict[str, Any] = field(default_factory=dict)


@dataclass
class Published:
    """A new batch, and what it leaves out or has less of, in words."""

    batch: Batch
    skipped: list[dict[str, str]]
    notes: list[str]


@dataclass(frozen=True)
class BatchPlan:
    """A batch that is not written yet: one task for each of `prompts`, on these outputs where outputs are compared.

    The prompts are many, and read without their texts. `chosen` says why, by prompt, where they were chosen by a wish.
    """

    batch: Batch
    purpose: str
    prompts: list[Prompt]
    outputs: dict[UUID, list[UUID]]
    skipped: list[dict[str, str]]
    notes: list[str]
    chosen: dict[UUID, Chosen] = field(default_factory=dict)

    def first_prompts(self, most: int) -> list[Prompt]:
        """The first of the prompts, with their texts."""
        first = [prompt.pk for prompt in self.prompts[:most]]
        found = Prompt.objects.in_bulk(first)
        return [found[pk] for pk in first]


@transaction.atomic
def publish_batch(
    *,
    actor: User | None,
    project: Project,
    kind: str,
    sensitive: Sequence[str] = (),
    submission: Submission | None = None,
    **choice: Any,
) -> Published:
    """Make the batch that plan_batch finds by this choice. Only work has slots from the start: of all else each
    labeler gets a slot of their own when it is their turn.

    `sensitive` marks all its prompts with these categories besides their own. The same `submission` again answers with
    the batch that came of it, and makes none. Raises as plan_batch and published_before do.
    """
    # The number comes with the lock that lock_marks takes, too.
    number = next_batch_number(project)
    if before := published_before(actor, project, submission):
        return Published(before, [], [])
    plan = plan_batch(actor=actor, project=project, number=number, kind=kind, **choice)
    batch = plan.batch
    mark(batch, submission)
    batch.save(force_insert=True)
    add_sensitive(actor=actor, project=project, prompts=plan.prompts, categories=sensitive)
    _make_tasks(batch, plan)
    record_event(
        actor, "batch.published", batch, tasks=len(plan.prompts), kind=kind, purpose=plan.purpose, overlap=batch.overlap
    )
    return Published(batch, plan.skipped, plan.notes)


def plan_batch(
    *,
    actor: User | None,
    project: Project,
    number: int,
    kind: str,
    prompts: PromptChoice,
    overlap: int | None = None,
    k: int | None = None,
    name: str = "",
    purpose: str = TaskPurpose.WORK,
    part: str = "",
    pools: Sequence[str] | None = None,
    candidates: CandidateSource | None = None,
    shared_share: float | None = None,
    shared_overlap: int | None = None,
    max_overlap: int | None = None,
    least_consensus: float | None = None,
    choose: Wish | None = None,
) -> BatchPlan:
    """The batch of this number with one task a prompt, `overlap` slots each; nothing is written.

    A comparison takes K outputs: where a prompt has more, the same ones for the same batch number; where it has
    fewer, all of them, and the notes say so; with less than two, or two that say the same, it is skipped. With
    `shared_share` a drawn share of the tasks has `shared_overlap` slots, and the others one. With `max_overlap` those
    on which labelers disagree get more later (adaptive_overlap.ask_more). With `choose` the best prompts by this wish
    come first, and the filter's limit takes the best (curate.choose). Raises InvalidError for prompts that are
    not the project's, and a DomainError with `skipped` where no task is left.
    """
    if kind == TaskKind.PROMPT:
        raise InvalidError(
            "Prompts are written by a brief, not on prompts.", errors={"kind": ["Publish these as writing tasks."]}
        )
    _check_part(kind, purpose, part)
    check_shared(purpose=purpose, share=shared_share, shared_overlap=shared_overlap, overlap=overlap)
    first_overlap = (shared_overlap or overlap or project.overlap) if purpose == TaskPurpose.WORK else 1
    check_adaptive(
        kind=kind,
        purpose=purpose,
        overlap=first_overlap,
        max_overlap=max_overlap,
        least_consensus=least_consensus,
    )
    why: dict[UUID, Chosen] = {}
    if choose is None:
        chosen = _choose(project, kind, prompts, candidates or CandidateSource())
    else:
        chosen, why = _choose_by(choose, project, kind, prompts, candidates or CandidateSource())
    skipped = [{"prompt": str(prompt.pk), "reason": reason} for prompt in chosen if (reason := _why_not(prompt))]
    usable = [prompt for prompt in chosen if not _why_not(prompt)]
    notes: list[str] = []
    outputs: dict[UUID, list[UUID]] = {}
    if kind == TaskKind.COMPARISON:
        wanted = k or project.k
        outputs = draw_outputs(
            [prompt.pk for prompt in usable], candidates or CandidateSource(), k=wanted, number=number
        )
        skipped += [
            {"prompt": str(prompt.pk), "reason": "It has fewer than two different outputs of this choice."}
            for prompt in usable
            if prompt.pk not in outputs
        ]
        usable = [prompt for prompt in usable if prompt.pk in outputs]
        notes += _notes_on_few(outputs.values(), wanted)
    if not usable:
        raise DomainError(
            "No task can be made of these prompts: see why each was left out."
            if skipped
            else "No prompt of the project is in this choice.",
            code="nothing_to_publish",
            extra={"skipped": skipped[:MAX_SKIPPED_TOLD]},
        )
    if len(usable) > MAX_TASKS:
        raise InvalidError(f"These are {len(usable):,} tasks; a batch has at most {MAX_TASKS:,}. Set a limit.")
    if len(skipped) > MAX_SKIPPED_TOLD:
        notes.append(f"{len(skipped)} prompts were left out; the first {MAX_SKIPPED_TOLD} are listed.")
    batch = Batch(
        project=project,
        name=name or f"{TaskKind(kind).label}s {number}",
        number=number,
        kind=kind,
        part=part,
        overlap=first_overlap,
        shared_share=shared_share,
        max_overlap=max_overlap,
        least_consensus=least_consensus,
        pools=list(pools or default_pools(project, purpose)),
        created_by=actor,
    )
    return BatchPlan(batch, purpose, usable, outputs, skipped[:MAX_SKIPPED_TOLD], notes, why)


def next_batch_number(project: Project) -> int:
    """The number of the project's next batch; the project is locked, so that it is given once."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    return coming_batch_number(project)


def coming_batch_number(project: Project) -> int:
    """As next_batch_number, for who gives it to no batch: nothing is locked."""
    return (project.batches.aggregate(Max("number"))["number__max"] or 0) + 1


def _check_part(kind: str, purpose: str, part: str) -> None:
    """A screening batch is one part of the test: demonstrations, or comparisons for their flags or their ranking."""
    if purpose != TaskPurpose.SCREENING:
        fitting = [""]
    elif kind == TaskKind.DEMONSTRATION:
        fitting = [ScreeningPart.DEMONSTRATIONS]
    else:
        fitting = [ScreeningPart.FLAGGING, ScreeningPart.RANKING]
    if part not in fitting:
        wanted = " or ".join(fitting) if fitting != [""] else "none: only screening has parts"
        raise InvalidError("This batch does not fit a part of the screening.", errors={"part": [f"Needed: {wanted}."]})


def default_pools(project: Project, purpose: str = TaskPurpose.WORK) -> list[str]:
    """Held-out labelers never see training work and are not screened; in an evaluation everybody judges."""
    if purpose == TaskPurpose.SCREENING:
        return [Pool.TRAINING]
    if project.purpose == Purpose.EVALUATION:
        return [Pool.TRAINING, Pool.HELD_OUT, Pool.RESEARCHER]
    return [Pool.TRAINING, Pool.RESEARCHER]


# What is asked of each prompt of a batch.
_READ = ("id", "withdrawn_at", "held_back", "sensitive")


def _choose(project: Project, kind: str, choice: PromptChoice, source: CandidateSource) -> list[Prompt]:
    if choice.ids is not None:
        prompts = Prompt.objects.filter(project=project).only(*_READ)
        found = {prompt.pk: prompt for prompt in prompts.filter(pk__in=choice.ids)}
        unknown = [str(pk) for pk in choice.ids if pk not in found]
        if unknown:
            raise InvalidError(
                f"{len(unknown)} of these prompts are not in the project.", errors={"prompts": unknown[:20]}
            )
        return [found[pk] for pk in dict.fromkeys(choice.ids)]
    return list(_filtered(project, kind, choice, source).only(*_READ)[: choice.filters.get("limit")])


def _choose_by(
    wish: Wish, project: Project, kind: str, choice: PromptChoice, source: CandidateSource
) -> tuple[list[Prompt], dict[UUID, Chosen]]:
    """The best prompts of the choice by the wish, the best first, and why each was chosen."""
    if choice.ids is not None:
        named = [prompt.pk for prompt in _choose(project, kind, choice, source)]
        prompts, limit = Prompt.objects.filter(pk__in=named), None
    else:
        prompts, limit = _filtered(project, kind, choice, source), choice.filters.get("limit")
    best = {one.prompt: one for one in choose_prompts(project=project, prompts=prompts, wish=wish, limit=limit)}
    found = Prompt.objects.only(*_READ).in_bulk(list(best))
    return [found[pk] for pk in best], best


def _filtered(project: Project, kind: str, choice: PromptChoice, source: CandidateSource) -> QuerySet[Prompt]:
    """The prompts that a filter finds, the oldest first, without regard to its limit."""
    prompts = Prompt.objects.filter(project=project).order_by("created_at", "pk")
    filters = dict(choice.filters)
    filters.pop("limit", None)
    if filters.pop("without_tasks", False):
        prompts = prompts.filter(~Exists(Task.objects.filter(prompt=OuterRef("pk"), kind=kind)))
    if "import" in filters:
        filters["came_by"] = filters.pop("import")
    prompts = prompts.filter(**filters, withdrawn_at=None, held_back=False)
    if kind == TaskKind.COMPARISON:
        # A filter means "those that can be ranked": the many without any output are not worth a line each.
        prompts = prompts.filter(Exists(of_source(source).filter(prompt=OuterRef("pk"))))
    return prompts


def _why_not(prompt: Prompt) -> str:
    if prompt.withdrawn_at is not None:
        return "It was withdrawn."
    if prompt.held_back:
        return "It is held back."
    return ""


def _notes_on_few(outputs: Iterable[list[UUID]], k: int) -> list[str]:
    few = Counter(len(candidates) for candidates in outputs if len(candidates) < k)
    return [
        f"{tasks} {'task has' if tasks == 1 else 'tasks have'} {size} outputs, fewer than the {k} asked for."
        for size, tasks in sorted(few.items())
    ]


class NewTask(NamedTuple):
    """What the slots of a new task of work repeat of it."""

    id: UUID
    position: int
    overlap: int
    sensitive: list[str]


def _make_tasks(batch: Batch, plan: BatchPlan) -> None:
    prompts = [prompt.pk for prompt in plan.prompts]
    shared = set(prompts)
    if batch.shared_share is not None:
        shared = draw_shared(prompts, share=batch.shared_share, number=batch.number)
    tasks = [
        NewTask(uuid4(), position, batch.overlap if prompt.pk in shared else 1, prompt.sensitive)
        for position, prompt in enumerate(plan.prompts, start=1)
    ]
    of_prompts = list(zip(prompts, tasks, strict=True))
    copy_rows(
        Task,
        ("id", "prompt_id", "position", "overlap", "chosen_for"),
        (
            (
                task.id,
                prompt,
                task.position,
                task.overlap,
                why.as_stored() if (why := plan.chosen.get(prompt)) else None,
            )
            for prompt, task in of_prompts
        ),
        batch_id=batch.pk,
        kind=batch.kind,
        purpose=plan.purpose,
    )
    links = ((task.id, candidate) for prompt, task in of_prompts for candidate in plan.outputs.get(prompt, ()))
    copy_rows(TaskCandidate, ("task_id", "candidate_id"), links)
    if plan.purpose == TaskPurpose.WORK:
        make_slots(batch, tasks)


def make_slots(batch: Batch, tasks: Sequence[NewTask]) -> None:
    """The slots of new tasks of work, as many as each one's overlap."""
    slots = (
        (task.id, number, task.sensitive, task.position)
        for number in range(1, batch.overlap + 1)
        for task in tasks
        if number <= task.overlap
    )
    copy_rows(
        Slot,
        ("task_id", "number", "sensitive", "position"),
        slots,
        project_id=batch.project_id,
        kind=batch.kind,
        pools=batch.pools,
        batch_number=batch.number,
    )
