"""Publishing writing tasks: one brief a prompt that is to be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from labeling.accounts.events import record_event
from labeling.accounts.models import User
from labeling.collection.models import Batch, PromptBrief, Task, TaskPurpose, WritingSort
from labeling.collection.selectors.writing import project_needs, sources_waiting
from labeling.collection.services.publish_batch import (
    MAX_TASKS,
    NewTask,
    default_pools,
    make_slots,
    next_batch_number,
)
from labeling.collection.services.publish_once import Submission, mark, published_before
from labeling.errors import DomainError, InvalidError
from labeling.projects.models import Project, TaskKind

DEFAULT_PAIRS = 3
ROWS_AT_ONCE = 2000
ANY = "any"  # the labeler chooses the use case


@dataclass(frozen=True)
class WritingPlan:
    """A batch of writing tasks that is not written yet: one task for each brief."""

    batch: Batch
    briefs: list[PromptBrief]

    def task(self, position: int) -> Task:
        """The task of the brief at this position, from 1."""
        task = Task(batch=self.batch, kind=self.batch.kind, position=position, overlap=self.batch.overlap)
        self.briefs[position - 1].task = task
        return task


@transaction.atomic
def publish_writing(
    *, actor: User, project: Project, sort: str, submission: Submission | None = None, **choice: Any
) -> Batch:
    """Make the batch that plan_writing finds by this choice; the same `submission` again answers with it. Raises as
    plan_writing and published_before do."""
    number = next_batch_number(project)
    if before := published_before(actor, project, submission):
        return before
    plan = plan_writing(actor=actor, project=project, number=number, sort=sort, **choice)
    batch = plan.batch
    mark(batch, submission)
    batch.save(force_insert=True)
    tasks = [plan.task(position) for position, _ in enumerate(plan.briefs, start=1)]
    Task.objects.bulk_create(tasks, batch_size=ROWS_AT_ONCE)
    PromptBrief.objects.bulk_create(plan.briefs, batch_size=ROWS_AT_ONCE)
    make_slots(batch, [NewTask(task.pk, task.position, task.overlap, []) for task in tasks])
    record_event(
        actor, "batch.published", batch, tasks=len(tasks), kind=batch.kind, purpose=TaskPurpose.WORK,
        overlap=batch.overlap, sort=sort,
    )  # fmt: skip
    return batch


def plan_writing(
    *,
    actor: User,
    project: Project,
    number: int,
    sort: str,
    use_cases: Mapping[str, int] | None = None,
    lacking: int | None = None,
    limit: int | None = None,
    language: str = "",
    about: str = "",
    pairs: int | None = None,
    overlap: int = 1,
    name: str = "",
    pools: Sequence[str] | None = None,
) -> WritingPlan:
    """A batch of writing tasks of one sort; each of a task's `overlap` slots is one prompt to write. Writes nothing.

    Which use cases: so many of each in `use_cases`, or `lacking` in all, divided by what the project lacks. To make
    anonymous there are the user-based prompts that wait for it, at most `limit` of them. Raises InvalidError for a
    choice that does not fit the sort, a DomainError where nothing waits.
    """
    if sort == WritingSort.ANONYMIZE:
        briefs = _anonymizing(project, use_cases, lacking, limit, overlap)
    else:
        asked = _asked(project, use_cases, lacking)
        wanted = (pairs or DEFAULT_PAIRS) if sort == WritingSort.FEW_SHOT else None
        briefs = [
            PromptBrief(sort=sort, use_case=use_case, language=language, about=about.strip(), pairs=wanted)
            for use_case in asked
        ]
    batch = Batch(
        project=project,
        name=name or f"{TaskKind.PROMPT.label}s {number}",
        number=number,
        kind=TaskKind.PROMPT,
        overlap=overlap,
        pools=list(pools or default_pools(project)),
        created_by=actor,
    )
    return WritingPlan(batch, briefs)


def _asked(project: Project, use_cases: Mapping[str, int] | None, lacking: int | None) -> list[str]:
    """The use case of each task, "" where the labeler chooses; the use cases take turns."""
    if (use_cases is None) == (lacking is None):
        raise InvalidError(
            "Say how many prompts of which use case.",
            errors={"use_cases": ["Give numbers by use case, or let the project's needs divide a number."]},
        )
    if use_cases is None:
        needs = project_needs(project, min(lacking or 0, MAX_TASKS))["use_cases"]
        use_cases = {need["use_case"]: need["proposed"] for need in needs}
    if not 0 < sum(use_cases.values()) <= MAX_TASKS:
        raise InvalidError(
            f"A batch has 1 to {MAX_TASKS:,} tasks.", errors={"use_cases": [f"Ask for 1 to {MAX_TASKS:,} prompts."]}
        )
    in_turns = sorted((turn, place, case) for place, case in enumerate(use_cases) for turn in range(use_cases[case]))
    return ["" if use_case == ANY else use_case for _, _, use_case in in_turns]


def _anonymizing(
    project: Project, use_cases: Mapping[str, int] | None, lacking: int | None, limit: int | None, overlap: int
) -> list[PromptBrief]:
    if use_cases is not None or lacking is not None:
        raise InvalidError(
            "An anonymous version has the use case of its source.", errors={"use_cases": ["Not for this sort."]}
        )
    if overlap != 1:
        raise InvalidError(
            "A prompt is made anonymous once.", errors={"overlap": ["1 where prompts are made anonymous."]}
        )
    sources = sources_waiting(project)[: min(limit or MAX_TASKS, MAX_TASKS)]
    briefs = [
        PromptBrief(
            sort=WritingSort.ANONYMIZE,
            use_case=source.written.use_case,
            language=source.written.language,
            source=source,
            source_author_id=source.assignment.labeler_id,
        )
        for source in sources
    ]
    if not briefs:
        raise DomainError(
            "No user-based prompt of an accepted batch waits to be made anonymous.", code="nothing_to_publish"
        )
    return briefs
