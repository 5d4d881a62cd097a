"""A batch as labelers would meet it, before it is published: its first pages, of rows that are never written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from labeling.accounts.models import User
from labeling.collection.clock import database_now
from labeling.collection.models import Assignment, AssignmentState, BlindCandidate, Candidate, Task
from labeling.collection.read_only import read_only
from labeling.collection.selectors.assignments import TELLS_QUEUE, AssignmentPage
from labeling.collection.selectors.queue import COUNTED_UP_TO
from labeling.collection.selectors.writing import brief_page
from labeling.collection.services.blind import blinded, new_order_seed
from labeling.collection.services.leases import lease_end
from labeling.collection.services.publish_batch import coming_batch_number, plan_batch
from labeling.collection.services.publish_writing import plan_writing
from labeling.projects.models import Project
from labeling.projects.selectors import current_texts
from labeling.projects.sensitive import in_order

MOST_PAGES = 5


@dataclass(frozen=True)
class PreviewPage:
    """A task as it would be given to a labeler; `messages` are the prompt's also where it would be hidden at first."""

    page: AssignmentPage
    messages: list[dict[str, str]] | None


@dataclass(frozen=True)
class Preview:
    """What publishing would make and leave out, with the pages of the first tasks."""

    tasks: int
    pages: list[PreviewPage]
    skipped: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def preview_batch(*, actor: User, project: Project, sensitive: Sequence[str] = (), **choice: Any) -> Preview:
    """What publish_batch would make of the same choice; it raises the same, and writes nothing."""
    with read_only():
        plan = plan_batch(actor=actor, project=project, number=coming_batch_number(project), **choice)
        pages = _Pages(actor, project, plan.batch.kind, len(plan.prompts))
        for position, prompt in enumerate(plan.first_prompts(MOST_PAGES), start=1):
            prompt.sensitive = in_order({*prompt.sensitive, *sensitive})
            task = Task(
                batch=plan.batch,
                prompt=prompt,
                kind=plan.batch.kind,
                purpose=plan.purpose,
                position=position,
                overlap=plan.batch.overlap,
            )
            pages.add(task, plan.outputs.get(prompt.pk, []))
        return Preview(len(plan.prompts), pages.made, plan.skipped, plan.notes)


def preview_writing(*, actor: User, project: Project, **choice: Any) -> Preview:
    """As preview_batch, of publish_writing."""
    with read_only():
        plan = plan_writing(actor=actor, project=project, number=coming_batch_number(project), **choice)
        pages = _Pages(actor, project, plan.batch.kind, len(plan.briefs))
        for position, _ in enumerate(plan.briefs[:MOST_PAGES], start=1):
            pages.add(plan.task(position), [])
        return Preview(len(plan.briefs), pages.made)


class _Pages:
    """Pages of work on tasks of one kind, as if they were all that waits for who looks at them."""

    def __init__(self, actor: User, project: Project, kind: str, tasks: int) -> None:
        self.actor = actor
        self.project = project
        self.tasks = tasks
        self.guideline, self.rubric = current_texts(project, kind)
        self.now = database_now()
        self.made: list[PreviewPage] = []

    def add(self, task: Task, outputs: Sequence[UUID]) -> None:
        assignment = Assignment(
            task=task,
            project=self.project,
            labeler=self.actor,
            state=AssignmentState.CURRENT,
            guideline=self.guideline,
            rubric=self.rubric,
            order_seed=new_order_seed(),
            lease_expires_at=lease_end(self.project, self.now),
        )
        page = AssignmentPage(
            assignment=assignment,
            server_time=self.now,
            undo_until=None,
            candidates=self._candidates(assignment, outputs),
            submitted=None,
            queue_left=min(self.tasks - task.position, COUNTED_UP_TO) if task.kind in TELLS_QUEUE else None,
            may_correct=False,
            brief=brief_page(task.brief, self.project.pk) if task.prompt is None else None,
        )
        self.made.append(PreviewPage(page, task.prompt.messages if task.prompt else None))

    @staticmethod
    def _candidates(assignment: Assignment, outputs: Sequence[UUID]) -> list[BlindCandidate]:
        found = {candidate.pk: candidate for candidate in Candidate.objects.filter(pk__in=outputs).order_by("order")}
        shown = blinded(assignment, list(found))
        for blind in shown:
            blind.candidate = found[blind.candidate_id]
        return shown
