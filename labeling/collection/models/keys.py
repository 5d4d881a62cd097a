"""What researchers say is right."""

import uuid

from django.db import models

from labeling.accounts.models import User
from labeling.collection.models.judgments import Judgment
from labeling.collection.models.tasks import Task


class TaskKey(models.Model):
    """One version of the reference answer to a task: a researcher's judgment, with reasons in words.

    Append-only (migration 0004), as the judgment is, so a key that was shown stays what it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="keys")
    version = models.PositiveIntegerField()
    judgment = models.ForeignKey(Judgment, on_delete=models.PROTECT, related_name="keys")
    reasons = models.TextField(help_text="Why this is right; shown after calibration")
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "version"], name="task_key_version_unique")]

    def __str__(self) -> str:
        return f"key {self.version} of {self.task_id}"
