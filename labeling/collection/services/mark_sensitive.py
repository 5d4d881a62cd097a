"""Marking prompts as sensitive, with all that follows for the queue."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from labeling.accounts.models import User
from labeling.collection.models import Assignment, AssignmentState, Prompt, Slot, Task, TaskPurpose
from labeling.collection.services.slots import let_go
from labeling.projects.models import Membership, Project
from labeling.projects.sensitive import in_order


def lock_marks(project: Project) -> None:
    """From here to the end of the transaction no prompt of the project is marked and no batch published by others.

    Else a batch could be made with slots that repeat what its prompts were marked with a moment ago.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)


def sensitive_of(task: Task) -> list[str]:
    """What a slot of this task repeats: the categories of its prompt, if it has one. Nobody opts out of screening."""
    return [] if task.prompt is None or task.purpose == TaskPurpose.SCREENING else task.prompt.sensitive


def add_sensitive(
    *, actor: User | None, project: Project, prompts: Sequence[Prompt], categories: Collection[str]
) -> None:
    """Mark these prompts with these categories besides what they have. The caller holds lock_marks."""
    if not categories:
        return
    changed: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
    for prompt in prompts:
        wanted = in_order({*prompt.sensitive, *categories})
        if wanted != prompt.sensitive:
            prompt.sensitive = wanted
            changed[tuple(wanted)].append(prompt.pk)
    for marks, prompt_ids in changed.items():
        Prompt.objects.filter(pk__in=prompt_ids).update(sensitive=list(marks))
        tell_slots(actor=actor, project=project, prompt_ids=prompt_ids, categories=marks)


def tell_slots(*, actor: User | None, project: Project, prompt_ids: Sequence[UUID], categories: Sequence[str]) -> None:
    """Repeat the categories of these prompts on the slots of their tasks. The caller holds lock_marks.

    A free slot that changes is freed anew by the trigger of migration 0005, so labelers who passed it meet it again.
    Who opted out of a category loses what they hold ahead or have to do again; what is open before them (or given at
    this very moment) is theirs to finish or to skip.
    """
    out = Membership.objects.filter(project=project, opted_out__overlap=list(categories))
    not_open = Assignment.objects.filter(
        task__prompt__in=prompt_ids,
        labeler__in=out.values("user"),
        state__in=[AssignmentState.AHEAD, AssignmentState.RETURNED],
    ).exclude(task__purpose=TaskPurpose.SCREENING)
    end_holds(actor=actor, holds=list(not_open.values_list("pk", flat=True)))
    slots = Slot.objects.filter(task__prompt__in=prompt_ids).exclude(task__purpose=TaskPurpose.SCREENING)
    slots.update(sensitive=list(categories))


def end_holds(*, actor: User | None, holds: Sequence[UUID]) -> None:
    """Release these for good, where they are still held: their slots go to others, their drafts stay."""
    kept = (AssignmentState.CURRENT, AssignmentState.AHEAD, AssignmentState.RETURNED)
    locked = Assignment.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=holds, state__in=kept)
    let_go(actor=actor, assignments=list(locked.order_by("pk")), state=AssignmentState.RELEASED, for_good=True)
