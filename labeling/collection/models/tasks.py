"""The work to be done: batches of tasks, their slots, and who holds which.

The rules that keep two people from doing the same thing, or nobody from doing it, are constraints here:
a task has `overlap` slots; at most one live assignment a slot; one assignment per task and labeler, for ever.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from labeling.accounts.models import User
from labeling.collection.models.prompts import Candidate, Prompt
from labeling.projects.models import Guideline, Pool, Project, Rubric, TaskKind
from labeling.projects.sensitive import SensitiveCategory


class BatchStatus(models.TextChoices):
    OPEN = "open"
    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class TaskPurpose(models.TextChoices):
    """Never sent to labelers. Only work enters snapshots."""

    WORK = "work"
    GOLD = "gold"
    CONSTANT = "constant"
    CALIBRATION = "calibration"
    SCREENING = "screening"


# What a labeler meets among paid work, and cannot tell apart.
MIXED = (TaskPurpose.WORK, TaskPurpose.GOLD, TaskPurpose.CONSTANT)
# Answered once: a second try is refused.
FINAL = (TaskPurpose.CALIBRATION, TaskPurpose.SCREENING)


class ScreeningPart(models.TextChoices):
    """The parts of the paper's screening test that are tasks (B.1); the fourth is free text, in Screening."""

    FLAGGING = "flagging"
    RANKING = "ranking"
    DEMONSTRATIONS = "demonstrations"


class TaskStatus(models.TextChoices):
    OPEN = "open"
    HELD = "held"  # sent to researchers, because of skips
    WITHDRAWN = "withdrawn"


class SlotState(models.TextChoices):
    FREE = "free"
    HELD = "held"  # a live assignment works on it
    DONE = "done"  # submitted
    CLOSED = "closed"  # its task was held or withdrawn, or its batch closed early


class AssignmentState(models.TextChoices):
    CURRENT = "current"
    AHEAD = "ahead"
    SUBMITTED = "submitted"
    RETURNED = "returned"  # the slot is kept, offered first to the same labeler
    SKIPPED = "skipped"
    RELEASED = "released"
    EXPIRED = "expired"
    REJECTED = "rejected"  # the slot was opened to others


LIVE_STATES = [
    AssignmentState.CURRENT,
    AssignmentState.AHEAD,
    AssignmentState.SUBMITTED,
    AssignmentState.RETURNED,
]


class TakenBack(models.TextChoices):
    """Why a researcher ended a hold."""

    WITHDRAWN = "withdrawn"  # the task, its prompt or its batch
    REASSIGNED = "reassigned"  # the task is somebody else's to do


class SkipReason(models.TextChoices):
    UNCLEAR = "unclear"
    BEYOND_KNOWLEDGE = "beyond_knowledge"
    PERSONAL_DATA = "personal_data"
    HARMFUL = "harmful"
    BROKEN = "broken"
    OTHER = "other"


def work_pools() -> list[str]:
    return [Pool.TRAINING, Pool.RESEARCHER]


class Batch(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="batches")
    name = models.CharField(max_length=120)
    number = models.PositiveIntegerField(help_text="Order of publishing in its project")
    kind = models.CharField(max_length=20, choices=TaskKind)
    status = models.CharField(max_length=10, choices=BatchStatus, default=BatchStatus.OPEN)
    overlap = models.PositiveSmallIntegerField()
    shared_share = models.FloatField(
        null=True, help_text="Of its tasks this share has `overlap` slots and the others one; null: all have"
    )
    max_overlap = models.PositiveSmallIntegerField(
        null=True, help_text="Where labelers disagree, a task gets slots up to this number; null: none"
    )
    least_consensus = models.FloatField(null=True, help_text="Below this consensus of a task one more labeler is asked")
    pools = ArrayField(models.CharField(max_length=10, choices=Pool), default=work_pools)
    part = models.CharField(max_length=14, choices=ScreeningPart, blank=True, help_text="Of screening, else empty")
    imported = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    in_review_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_from = models.CharField(
        max_length=10, choices=BatchStatus, blank=True, help_text="The status to which taking the withdrawal back leads"
    )
    withdrawn_reason = models.TextField(blank=True)
    frozen_at = models.DateTimeField(
        null=True, help_text="Set when a snapshot first holds work of it: acceptance stays"
    )
    submission_id = models.UUIDField(null=True, help_text="The client's id: the same body sent again is one batch")
    submission_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="batch_number_unique"),
            models.UniqueConstraint(fields=["project", "submission_id"], name="batch_submission_unique"),
            models.CheckConstraint(condition=Q(status__in=BatchStatus.values), name="batch_status_known"),
            models.CheckConstraint(condition=Q(overlap__gte=1, overlap__lte=10000), name="batch_overlap"),
            models.CheckConstraint(
                condition=Q(max_overlap=None, least_consensus=None)
                | Q(max_overlap__gt=F("overlap"), least_consensus__gt=0, least_consensus__lte=1),
                name="batch_adaptive",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Task(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="tasks")
    prompt = models.ForeignKey(
        Prompt, null=True, on_delete=models.PROTECT, related_name="tasks", help_text="None where one is to be written"
    )
    kind = models.CharField(max_length=20, choices=TaskKind)
    purpose = models.CharField(max_length=12, choices=TaskPurpose, default=TaskPurpose.WORK)
    status = models.CharField(max_length=10, choices=TaskStatus, default=TaskStatus.OPEN)
    position = models.PositiveIntegerField(help_text="Order in its batch")
    reopened_at = models.DateTimeField(null=True, help_text="When a researcher last gave it back to labelers")
    overlap = models.PositiveSmallIntegerField()
    consensus = models.FloatField(
        null=True, help_text="In adaptive batches: of the judgments that stand; null until it is weighed again"
    )
    repeat_of = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="repeats",
        help_text="Its constant",
    )
    chosen_for = models.JSONField(
        null=True,
        help_text='Why its prompt was chosen: {"reason", "value", "score"}, of curate.choose; never told to labelers',
    )
    candidates: models.ManyToManyField = models.ManyToManyField(Candidate, through="TaskCandidate")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="task_position_unique"),
            models.CheckConstraint(condition=Q(purpose__in=TaskPurpose.values), name="task_purpose_known"),
            models.CheckConstraint(condition=Q(status__in=TaskStatus.values), name="task_status_known"),
            models.CheckConstraint(
                condition=Q(kind="prompt", prompt=None) | (~Q(kind="prompt") & Q(prompt__isnull=False)),
                name="task_prompt_unless_written",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def authors(self) -> set[uuid.UUID | None]:
        """Who wrote what this task shows, and so is never given it; for one task, selectors.queue_rows asks of many."""
        if self.prompt is None:
            return {self.brief.source_author_id}
        return {self.prompt.author_id, self.prompt.first_author_id}


class TaskCandidate(models.Model):
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="task_candidates")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "candidate"], name="task_candidate_once")]

    def __str__(self) -> str:
        return f"{self.task_id}: {self.candidate_id}"


class Slot(models.Model):
    """One judgment that a task still wants, or has. Its columns repeat what the queue asks for, so that the next
    task is found on one small index of free slots.

    Tasks of another purpose than work have no slots in the queue: each of their labelers gets a slot of their own
    (services.reserve).

    A batch's first slots are made in the transaction that makes the batch. A slot that is made free later, in
    whatever way, has the id of that transaction in `freed_in` (an update does so by a trigger, migration
    0005_bookmarks; who inserts one sets it): so it is news to labelers who have passed its place.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="slots")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=6, choices=SlotState, default=SlotState.FREE)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=TaskKind)
    pools = ArrayField(models.CharField(max_length=10, choices=Pool), default=work_pools)
    sensitive = ArrayField(models.CharField(max_length=20, choices=SensitiveCategory), default=list)
    batch_number = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    reserved_for = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    given_among = models.ForeignKey(
        Batch, null=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Of a check: the batch of the work in whose place it was given, whose review ends corrections",
    )  # fmt: skip
    freed_in = models.BigIntegerField(null=True, help_text="The transaction in which it came free again, if it did")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="slot_number_unique"),
            models.UniqueConstraint(fields=["task", "reserved_for"], name="slot_reserved_once"),
            models.CheckConstraint(condition=Q(state__in=SlotState.values), name="slot_state_known"),
        ]
        indexes = [
            # Every task's first judgment before any task's second: breadth before depth within a batch.
            models.Index(
                fields=["project", "kind", "batch_number", "number", "position"],
                condition=Q(state="free"),
                name="slot_free_queue",
            ),
            models.Index(
                fields=["project", "kind", "freed_in", "id"],
                condition=Q(state="free", freed_in__isnull=False),
                name="slot_freed_queue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}/{self.number}"


class Assignment(models.Model):
    """One labeler's hold on one slot, with the draft. Skip, release and expiry free the slot and keep the row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="assignments")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assignments")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    labeler = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    state = models.CharField(max_length=10, choices=AssignmentState)
    guideline = models.ForeignKey(Guideline, null=True, on_delete=models.PROTECT, related_name="+")
    rubric = models.ForeignKey(Rubric, null=True, on_delete=models.PROTECT, related_name="+")
    order_seed = models.BigIntegerField(help_text="Seeds the order in which this labeler sees the candidates")
    lease_expires_at = models.DateTimeField(null=True)
    taken_back = models.CharField(
        max_length=10, choices=TakenBack, blank=True, help_text="Of a hold that a researcher ended: why"
    )
    draft = models.JSONField(default=dict)
    draft_revision = models.PositiveIntegerField(default=0)
    active_seconds = models.FloatField(
        default=0, help_text="As its page last told besides the draft; what counts are judgments and TimeSpent"
    )
    interpretations = models.JSONField(
        default=dict, help_text="By blind id, where the rubric asks for them; once written the prompt is shown"
    )
    skip_reason = models.CharField(max_length=20, choices=SkipReason, blank=True)
    skip_note = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True, help_text="When it first became current")
    submitted_at = models.DateTimeField(null=True, help_text="Of the current judgment; the undo window counts from it")
    returned_at = models.DateTimeField(null=True, help_text="When a researcher last asked for it to be done again")
    return_reasons = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "labeler"], name="assignment_once_per_labeler"),
            models.UniqueConstraint(
                fields=["slot"], condition=Q(state__in=LIVE_STATES), name="assignment_one_live_per_slot"
            ),
            models.UniqueConstraint(
                fields=["project", "labeler"], condition=Q(state="current"), name="assignment_one_current"
            ),
            models.UniqueConstraint(
                fields=["project", "labeler"], condition=Q(state="ahead"), name="assignment_one_ahead"
            ),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="assignment_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["lease_expires_at"],
                condition=Q(state__in=["current", "ahead"]),
                name="assignment_leases",
            ),
            models.Index(fields=["labeler", "project", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.labeler_id} on {self.task_id}"


class BlindCandidate(models.Model):
    """A candidate's random id for one assignment: what a labeler sees in place of anything that could tell a model."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="blind_candidates")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(help_text="Place in which it is shown, from 0")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "candidate"], name="blind_candidate_once"),
            models.UniqueConstraint(fields=["assignment", "position"], name="blind_position_unique"),
        ]

    def __str__(self) -> str:
        return str(self.id)
