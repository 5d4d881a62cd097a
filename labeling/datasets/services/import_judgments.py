"""Judgments made elsewhere become an imported batch: tasks, slots, holds and judgments as if they were made here.

Labelers of an import are identities without login. A labeler's second judgment of the same candidates is a repeat, so
it goes to a new task on them. Rows are written in chunks, so that memory holds one chunk and the ids of the tasks.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from labeling.accounts.models import Role, User
from labeling.collection.models import (
    Action,
    Assignment,
    AssignmentState,
    Batch,
    BatchStatus,
    Candidate,
    Comparison,
    Demonstration,
    Judgment,
    Prompt,
    Rating,
    Slot,
    SlotState,
    Task,
    TaskCandidate,
)
from labeling.projects.models import Membership, Pool, Project, TaskKind
from labeling.projects.services import new_pseudonym

CHUNK = 1000
NAMELESS = "unknown"


@dataclass
class ImportedJudgment:
    """A demonstration (`response`) or a comparison (`candidates` with `ranks`, and `ratings` where there are any)."""

    prompt: Prompt
    labeler: str
    response: str = ""
    candidates: list[Candidate] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    prompt_flags: dict[str, bool] = field(default_factory=dict)
    active_seconds: float = 0.0


class Identities:
    """The labelers of one import, by the names of its file; made as they are met. `source` tells imports apart."""

    def __init__(self, project: Project, source: str) -> None:
        self._project = project
        self._prefix = f"import-{source}"
        self._users: dict[str, User] = {}

    def of(self, names: Iterable[str]) -> dict[str, User]:
        """The identity of each name, the new ones made in one go."""
        new = sorted({name or NAMELESS for name in names} - self._users.keys())
        first = len(self._users) + 1
        users = [
            User(username=f"{self._prefix}-{number}", role=Role.LABELER, is_active=False, imported=True, password="!")  # noqa: S106 (Django's mark for an unusable password)
            for number, _ in enumerate(new, start=first)
        ]
        User.objects.bulk_create(users)
        Membership.objects.bulk_create(
            Membership(project=self._project, user=user, pool=Pool.TRAINING, pseudonym=new_pseudonym())
            for user in users
        )
        self._users |= dict(zip(new, users, strict=True))
        return self._users


class ImportedBatch:
    """Collects imported judgments under one batch. Use within a transaction; `finish` sets each task's overlap.

    `labelers` are given where several batches come from the same people.
    """

    def __init__(
        self,
        *,
        actor: User | None,
        project: Project,
        kind: str,
        name: str,
        status: str,
        labelers: Identities | None = None,
    ) -> None:
        Project.objects.select_for_update().get(pk=project.pk)  # one batch number at a time
        number = (project.batches.aggregate(Max("number"))["number__max"] or 0) + 1
        now = timezone.now()
        self.batch = Batch.objects.create(
            project=project,
            name=name,
            number=number,
            kind=kind,
            status=status,
            overlap=1,
            imported=True,
            created_by=actor,
            in_review_at=now,
            decided_at=now if status == BatchStatus.ACCEPTED else None,
        )
        self.judgments = 0
        self._project = project
        self._labelers = labelers or Identities(project, str(self.batch.pk))
        # For each set of candidates, the labelers of each of its tasks so far.
        self._tasks: dict[tuple[UUID, ...], list[tuple[UUID, set[str]]]] = defaultdict(list)
        self._positions = 0

    def add(self, judgments: list[ImportedJudgment]) -> None:
        """Write a chunk of judgments."""
        users = self._labelers.of(judgment.labeler for judgment in judgments)
        rows = _Rows()
        for judgment in judgments:
            name = judgment.labeler or NAMELESS
            task_id, number = self._place(judgment, name, rows)
            self._write(judgment, users[name], task_id, number, rows)
        rows.create()
        self.judgments += len(judgments)

    def _place(self, judgment: ImportedJudgment, name: str, rows: "_Rows") -> tuple[UUID, int]:
        """The task for this judgment, and the number of its slot there."""
        key = (judgment.prompt.pk, *sorted(candidate.pk for candidate in judgment.candidates))
        for task_id, labelers in self._tasks[key]:
            # Nobody's name was given: each row may be another person, but one person has one slot, so a new task.
            if name not in labelers:
                labelers.add(name)
                return task_id, len(labelers)
        self._positions += 1
        task = Task(
            batch=self.batch,
            prompt=judgment.prompt,
            kind=self.batch.kind,
            position=self._positions,
            overlap=1,
        )
        rows.tasks.append(task)
        rows.task_candidates += [TaskCandidate(task=task, candidate=candidate) for candidate in judgment.candidates]
        self._tasks[key].append((task.pk, {name}))
        return task.pk, 1

    def _write(self, imported: ImportedJudgment, user: User, task_id: UUID, number: int, rows: "_Rows") -> None:
        now = timezone.now()
        slot = Slot(
            task_id=task_id,
            number=number,
            state=SlotState.DONE,
            project=self._project,
            kind=self.batch.kind,
            sensitive=imported.prompt.sensitive,
            batch_number=self.batch.number,
            position=self._positions,
        )
        assignment = Assignment(
            slot=slot,
            task_id=task_id,
            project=self._project,
            labeler=user,
            state=AssignmentState.SUBMITTED,
            order_seed=0,
            submitted_at=now,
        )
        judgment = Judgment(
            assignment=assignment,
            revision=1,
            action=Action.SUBMIT,
            submission_id=uuid4(),
            pool=Pool.TRAINING,
            prompt_flags=imported.prompt_flags,
            active_seconds_sent=imported.active_seconds,
            active_seconds=imported.active_seconds,
        )
        rows.slots.append(slot)
        rows.assignments.append(assignment)
        rows.judgments.append(judgment)
        if self.batch.kind == TaskKind.DEMONSTRATION:
            rows.demonstrations.append(Demonstration(judgment=judgment, response=imported.response))
            return
        comparison = Comparison(judgment=judgment)
        rows.comparisons.append(comparison)
        ratings = imported.ratings or [{} for _ in imported.candidates]
        for position, (candidate, rank, rating) in enumerate(
            zip(imported.candidates, imported.ranks, ratings, strict=True)
        ):
            rows.ratings.append(
                Rating(
                    comparison=comparison,
                    candidate=candidate,
                    rank=rank,
                    position=position,
                    overall=rating.get("overall"),
                    flags=rating.get("flags", {}),
                    note=rating.get("note", ""),
                )
            )

    def finish(self) -> Batch:
        """Set each task's overlap, and the batch's, to what came. Counted here: the database has no statistics of rows
        that this very transaction wrote, and would count them by a nested loop."""
        by_overlap: dict[int, list[UUID]] = defaultdict(list)
        for tasks in self._tasks.values():
            for task_id, labelers in tasks:
                by_overlap[len(labelers)].append(task_id)
        for overlap, task_ids in by_overlap.items():
            for start in range(0, len(task_ids), CHUNK):
                Task.objects.filter(pk__in=task_ids[start : start + CHUNK]).update(overlap=overlap)
        self.batch.overlap = max(by_overlap, default=1)
        self.batch.save(update_fields=["overlap"])
        return self.batch


@dataclass
class _Rows:
    """The rows of one chunk, in the order in which they may be created."""

    tasks: list[Task] = field(default_factory=list)
    task_candidates: list[TaskCandidate] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    judgments: list[Judgment] = field(default_factory=list)
    demonstrations: list[Demonstration] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)

    @transaction.atomic
    def create(self) -> None:
        Task.objects.bulk_create(self.tasks)
        TaskCandidate.objects.bulk_create(self.task_candidates)
        Slot.objects.bulk_create(self.slots)
        for assignment in self.assignments:
            assignment.slot_id = assignment.slot.pk  # known only now
        Assignment.objects.bulk_create(self.assignments)
        Judgment.objects.bulk_create(self.judgments)
        Demonstration.objects.bulk_create(self.demonstrations)
        Comparison.objects.bulk_create(self.comparisons)
        Rating.objects.bulk_create(self.ratings)
