"""Judgments made elsewhere become an imported batch: tasks, slots, holds and judgments as if they were made here.

Labelers of an import are identities without login. A labeler's second judgment of the same candidates is a repeat, so
it goes to a new task on them. Rows are written chunk by chunk, and memory holds one chunk: what stands already is asked
of the database, by ids that follow from what a task is of, so that a reader who goes on in the middle finds the same.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import salted_hmac

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
from labeling.copy_rows import copy_rows, next_keys
from labeling.errors import InvalidError
from labeling.ordered_ids import id_beside, ordered_ids
from labeling.projects.models import Membership, Pool, Project, TaskKind
from labeling.projects.services import new_pseudonym

NAMELESS = "unknown"
MAX_LABELERS = 50_000  # of one import; more is a column that holds something else


@dataclass
class ImportedJudgment:
    """A demonstration (`response`) or a comparison (`candidates` with `ranks`, and `ratings` where there are any)."""

    prompt: Prompt
    labeler: str
    prompt_is_new: bool = False
    """Made in this very transaction, so that no task can be of it yet."""
    response: str = ""
    candidates: list[Candidate] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    confidence: int | None = None
    prompt_flags: dict[str, bool] = field(default_factory=dict)
    active_seconds: float = 0.0


class Identities:
    """The labelers of one import, by the names of its file; made as they are met. `source` tells imports apart.

    The names themselves are not kept: a user's name is a keyed hash of it, which finds the same user again.
    """

    def __init__(self, project: Project, source: str) -> None:
        self._project = project
        self._prefix = f"import-{source}"
        self._users: dict[str, UUID] = {}

    def of(self, names: Iterable[str]) -> dict[str, UUID]:
        """The user of each name, by id; the new ones made in one go. Raises InvalidError for too many."""
        unmet = {self._user_name(name): name for name in {name or NAMELESS for name in names} - self._users.keys()}
        if len(self._users) + len(unmet) > MAX_LABELERS:
            raise InvalidError(f"The file names more than {MAX_LABELERS:,} labelers. Is another column taken for them?")
        standing = User.objects.filter(username__in=unmet).values_list("username", "pk") if unmet else []
        for user_name, pk in standing:
            self._users[unmet.pop(user_name)] = pk
        users = [
            User(username=user_name, role=Role.LABELER, is_active=False, imported=True, password="!")  # noqa: S106 (Django's mark for an unusable password)
            for user_name in sorted(unmet)
        ]
        User.objects.bulk_create(users)
        Membership.objects.bulk_create(
            Membership(project=self._project, user=user, pool=Pool.TRAINING, pseudonym=new_pseudonym())
            for user in users
        )
        self._users |= {unmet[user.username]: user.pk for user in users}
        return self._users

    def _user_name(self, name: str) -> str:
        return f"{self._prefix}-{salted_hmac('labeling.datasets.identities', name).hexdigest()[:20]}"


def new_imported_batch(*, actor: User | None, project: Project, kind: str, name: str, status: str) -> Batch:
    """An empty batch for judgments made elsewhere. Within a transaction."""
    Project.objects.select_for_update().get(pk=project.pk)  # one batch number at a time
    number = (project.batches.aggregate(Max("number"))["number__max"] or 0) + 1
    now = timezone.now()
    return Batch.objects.create(
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


class ImportedBatch:
    """Writes imported judgments into a batch, from its beginning or further. Use within transactions.

    `labelers` are given where several batches come from the same people.
    """

    def __init__(self, batch: Batch, labelers: Identities | None = None) -> None:
        self.batch = batch
        self._labelers = labelers or Identities(batch.project, str(batch.pk))
        self._positions: int = batch.tasks.aggregate(Max("position"))["position__max"] or 0

    def add(self, judgments: list[ImportedJudgment]) -> None:
        """Write a chunk of judgments."""
        users = self._labelers.of(judgment.labeler for judgment in judgments)
        rows = _Rows(self.batch, len(judgments))
        new_prompts = {judgment.prompt.pk for judgment in judgments if judgment.prompt_is_new}
        keys = [_Key.of(judgment) for judgment in judgments]
        tasks = _Tasks(self.batch.pk, set(keys), new_prompts)
        for key, judgment in zip(keys, judgments, strict=True):
            user = users[judgment.labeler or NAMELESS]
            task = tasks.for_judgment(key, user)
            if task.is_new and len(task.labelers) == 1:
                self._positions += 1
                task.position = self._positions
                rows.add_task(task, judgment)
            rows.add(judgment, user, task)
        rows.write()
        tasks.widen()

    def finish(self) -> Batch:
        """Set the batch's overlap to what came."""
        self.batch.overlap = self.batch.tasks.aggregate(Max("overlap"))["overlap__max"] or 1
        self.batch.save(update_fields=["overlap"])
        return self.batch


class _Key(NamedTuple):
    """What a task is of."""

    prompt: UUID
    candidates: tuple[UUID, ...]

    @classmethod
    def of(cls, judgment: ImportedJudgment) -> Self:
        return cls(judgment.prompt.pk, tuple(sorted(candidate.pk for candidate in judgment.candidates)))


@dataclass(slots=True)
class _Task:
    pk: UUID
    is_new: bool
    position: int = 0
    labelers: list[UUID] = field(default_factory=list)
    overlap_before: int = 0


class _Tasks:
    """The batch's tasks on what one chunk judges, those that stand and those that it adds.

    The n-th task on the same candidates has an id that follows from them and from n. A labeler is on the first n of
    them, because a repeat goes to the first task that the labeler is not on.
    """

    def __init__(self, batch: UUID, keys: set[_Key], new_prompts: Collection[UUID]) -> None:
        self._batch = batch.bytes
        self._tasks: dict[_Key, list[_Task]] = {key: [] for key in keys}
        keys = {key for key in keys if key.prompt not in new_prompts}
        first, last = 0, 2
        while keys:  # wider each time: one pair may have been judged by one person very often
            keys = self._load(keys, range(first, last))
            first, last = last, last * 4

    def for_judgment(self, key: _Key, labeler: UUID) -> _Task:
        """The task that this judgment is of; the labeler is put on it."""
        tasks = self._tasks[key]
        task = next((task for task in tasks if labeler not in task.labelers), None)
        if task is None:
            task = _Task(self._id(key, len(tasks)), is_new=True)
            tasks.append(task)
        task.labelers.append(labeler)
        return task

    def widen(self) -> None:
        """Set the overlap of each task that stood before to the number of its judgments."""
        by_overlap: dict[int, list[UUID]] = defaultdict(list)
        for task in (task for tasks in self._tasks.values() for task in tasks):
            if not task.is_new and len(task.labelers) > task.overlap_before:
                by_overlap[len(task.labelers)].append(task.pk)
        for overlap, ids in by_overlap.items():
            Task.objects.filter(pk__in=ids).update(overlap=overlap)

    def _load(self, keys: set[_Key], numbers: range) -> set[_Key]:
        """Read those that stand; returns the keys that may have more."""
        wanted = {self._id(key, number): (key, number) for key in keys for number in numbers}
        found: dict[UUID, _Task] = {}
        holds = Assignment.objects.filter(task_id__in=wanted).order_by("task_id")
        for task_id, labeler, position in holds.values_list("task_id", "labeler_id", "task__position"):
            found.setdefault(task_id, _Task(task_id, is_new=False, position=position)).labelers.append(labeler)
        for task_id, (key, _) in sorted(wanted.items(), key=lambda item: item[1]):
            if task := found.get(task_id):
                task.overlap_before = len(task.labelers)
                self._tasks[key].append(task)
        return {key for key in keys if len(self._tasks[key]) == numbers.stop}

    def _id(self, key: _Key, number: int) -> UUID:
        named = b"".join([self._batch, key.prompt.bytes, *(one.bytes for one in key.candidates), str(number).encode()])
        return id_beside(key.candidates[0] if key.candidates else key.prompt, sha256(named).digest())


_TASK = ("id", "prompt_id", "position", "overlap")
_TASK_CANDIDATE = ("task_id", "candidate_id")
_SLOT = ("id", "task_id", "number", "sensitive", "position")
_ASSIGNMENT = ("id", "slot_id", "task_id", "labeler_id")
_JUDGMENT = (
    "id", "assignment_id", "submission_id", "prompt_flags", "active_seconds_sent", "active_seconds", "created_at",
)  # fmt: skip
_DEMONSTRATION = ("judgment_id", "response")
_COMPARISON = ("judgment_id", "confidence")
_RATING = ("comparison_id", "candidate_id", "rank", "position", "overall", "flags", "note", "interpretation")


class _Rows:
    """The rows of one chunk, as copy_rows takes them, in the order in which they may be written."""

    def __init__(self, batch: Batch, judgments: int) -> None:
        self._batch = batch
        self._ids = iter(ordered_ids(2 * judgments))
        self._tasks: list[tuple[_Task, UUID]] = []
        self._task_candidates: list[tuple] = []
        self._slots: list[tuple] = []
        self._assignments: list[tuple] = []
        self._judgments: list[tuple] = []
        self._demonstrations: list[tuple] = []
        self._comparisons: list[tuple] = []
        self._ratings: list[tuple] = []

    def add_task(self, task: _Task, judgment: ImportedJudgment) -> None:
        self._tasks.append((task, judgment.prompt.pk))
        self._task_candidates += [(task.pk, candidate.pk) for candidate in judgment.candidates]

    def add(self, imported: ImportedJudgment, user: UUID, task: _Task) -> None:
        assignment, judgment = next(self._ids), next(self._ids)
        self._slots.append((task.pk, len(task.labelers), imported.prompt.sensitive, task.position))
        self._assignments.append((assignment, task.pk, user))
        seconds = imported.active_seconds
        self._judgments.append((judgment, assignment, judgment, imported.prompt_flags, seconds, seconds))
        if self._batch.kind == TaskKind.DEMONSTRATION:
            self._demonstrations.append((judgment, imported.response))
            return
        self._comparisons.append((judgment, imported.confidence))
        ratings = imported.ratings or [{}] * len(imported.candidates)
        for position, (candidate, rank, rating) in enumerate(
            zip(imported.candidates, imported.ranks, ratings, strict=True)
        ):
            said = rating.get("overall"), rating.get("flags", {}), rating.get("note", "")
            row = (judgment, candidate.pk, rank, position, *said, rating.get("interpretation", ""))
            self._ratings.append(row)

    @transaction.atomic
    def write(self) -> None:
        batch, now = self._batch, timezone.now()
        tasks = ((task.pk, prompt, task.position, len(task.labelers)) for task, prompt in self._tasks)
        copy_rows(Task, _TASK, tasks, batch_id=batch.pk, kind=batch.kind)
        copy_rows(TaskCandidate, _TASK_CANDIDATE, self._task_candidates)
        slots = next_keys(Slot, len(self._slots))
        copy_rows(
            Slot,
            _SLOT,
            ((key, *slot) for key, slot in zip(slots, self._slots, strict=True)),
            state=SlotState.DONE,
            project_id=batch.project_id,
            kind=batch.kind,
            batch_number=batch.number,
        )
        copy_rows(
            Assignment,
            _ASSIGNMENT,
            ((pk, slot, *rest) for slot, (pk, *rest) in zip(slots, self._assignments, strict=True)),
            project_id=batch.project_id,
            state=AssignmentState.SUBMITTED,
            order_seed=0,
            submitted_at=now,
        )
        # In the order of the file: of a labeler's judgments of the same outputs the first counts.
        judgments = ((*row, now + timedelta(microseconds=place)) for place, row in enumerate(self._judgments))
        copy_rows(Judgment, _JUDGMENT, judgments, revision=1, action=Action.SUBMIT, pool=Pool.TRAINING)
        copy_rows(Demonstration, _DEMONSTRATION, self._demonstrations)
        copy_rows(Comparison, _COMPARISON, self._comparisons)
        copy_rows(Rating, _RATING, self._ratings)
