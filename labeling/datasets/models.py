"""Snapshots: immutable, content-hashed exports of accepted work and consented prompts."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from labeling.accounts.models import User
from labeling.collection.models import Judgment, Prompt
from labeling.projects.models import Project


class SnapshotKind(models.TextChoices):
    DEMONSTRATIONS = "demonstrations"
    COMPARISONS = "comparisons"
    PROMPTS = "prompts"


class Snapshot(models.Model):
    """`sha256` is of the records file; freezing the same content again finds the same snapshot."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="snapshots")
    kind = models.CharField(max_length=15, choices=SnapshotKind)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=1000)
    bytes = models.BigIntegerField()
    counts = models.JSONField(
        help_text="Records by split, labeler pseudonym and use case; and what was left out, and why"
    )
    recipe = models.JSONField(default=dict, help_text="By which it was first made (recipe.py); empty: the default one")
    marked_at = models.DateTimeField(
        null=True, help_text="When something that it holds was first withdrawn, lost its consent, or was masked"
    )
    purged_at = models.DateTimeField(null=True, help_text="When its files were deleted; the hash and the counts stay")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "sha256"], name="snapshot_content_once"),
            models.CheckConstraint(condition=Q(kind__in=SnapshotKind.values), name="snapshot_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class SnapshotRecord(models.Model):
    """Which judgment or prompt stands behind which line: lineage, and what freezes an acceptance.

    A line that is made of several judgments has a row for each. `digest` and `offset` tell whether two lines differ,
    and where one begins, without reading the files.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="records")
    line = models.PositiveIntegerField()
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="snapshot_records")
    judgment = models.ForeignKey(Judgment, null=True, on_delete=models.PROTECT, related_name="snapshot_records")
    record = models.UUIDField(null=True, help_text="The record's `id`; null where the file was gone when it was read")
    digest = models.CharField(max_length=32, blank=True, help_text="The first half of the line's SHA-256, in hex")
    offset = models.BigIntegerField(null=True, help_text="Where the line begins in the file, in bytes")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "line", "judgment"], nulls_distinct=False, name="snapshot_line_judgment_unique"
            )
        ]
        indexes = [models.Index(fields=["snapshot", "record"])]

    def __str__(self) -> str:
        return f"{self.snapshot_id}:{self.line}"


LONG_WAIT = timedelta(seconds=20)


class FreezeStatus(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Freeze(models.Model):
    """One wish to freeze, and what became of it. Of several with the same content each leads to the same snapshot."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="freezes")
    kind = models.CharField(max_length=15, choices=SnapshotKind)
    name = models.CharField(max_length=120, blank=True)
    recipe = models.JSONField()
    status = models.CharField(max_length=7, choices=FreezeStatus, default=FreezeStatus.QUEUED)
    read = models.PositiveBigIntegerField(default=0, help_text="Records so far")
    expected = models.PositiveBigIntegerField(default=0, help_text="At most so many, as counted before")
    attempt = models.PositiveIntegerField(default=0, help_text="The newest holder's number: it alone may write")
    beat_at = models.DateTimeField(null=True, help_text="When its worker last said that it lives, or was last called")
    error = models.JSONField(null=True, help_text='Of a failed one: {"code", "detail"}')
    snapshot = models.ForeignKey(Snapshot, null=True, on_delete=models.CASCADE, related_name="freezes")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SnapshotKind.values), name="freeze_kind_known"),
            models.CheckConstraint(condition=Q(status__in=FreezeStatus.values), name="freeze_status_known"),
            models.CheckConstraint(
                condition=Q(status="done", snapshot__isnull=False) | (~Q(status="done") & Q(snapshot=None)),
                name="freeze_done_has_snapshot",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "beat_at"], condition=Q(status__in=["queued", "running"]), name="freeze_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.project_id}: {self.status}"

    @property
    def waits(self) -> bool:
        """Whether it is queued for longer than a worker that lives would leave it."""
        return self.status == FreezeStatus.QUEUED and timezone.now() - self.created_at > LONG_WAIT
