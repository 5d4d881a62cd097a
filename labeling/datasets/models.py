"""Snapshots: immutable, content-hashed exports of accepted work and consented prompts."""

import uuid

from django.db import models
from django.db.models import Q

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
    marked_at = models.DateTimeField(null=True, help_text="Set when something that it holds was withdrawn")
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
    """Which judgment or prompt stands behind which line: lineage, and what freezes an acceptance."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="records")
    line = models.PositiveIntegerField()
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="snapshot_records")
    judgment = models.ForeignKey(Judgment, null=True, on_delete=models.PROTECT, related_name="snapshot_records")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snapshot", "line"], name="snapshot_line_unique")]

    def __str__(self) -> str:
        return f"{self.snapshot_id}:{self.line}"
