"""What researchers decided about judgments and batches."""

import uuid

from django.db import models
from django.db.models import Q

from labeling.accounts.models import User
from labeling.collection.models import Batch, Judgment


class Decision(models.TextChoices):
    ACCEPT = "accept"
    RETURN = "return"
    REJECT = "reject"
    WITHDRAW = "withdraw"  # takes an acceptance back


class Verdict(models.Model):
    """One decision on one judgment or one batch; the newest counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    judgment = models.ForeignKey(Judgment, null=True, on_delete=models.PROTECT, related_name="verdicts")
    batch = models.ForeignKey(Batch, null=True, on_delete=models.CASCADE, related_name="verdicts")
    decision = models.CharField(max_length=10, choices=Decision)
    reasons = models.TextField(blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(judgment__isnull=True, batch__isnull=False) | Q(judgment__isnull=False, batch__isnull=True),
                name="verdict_on_one_thing",
            ),
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="verdict_decision_known"),
            models.CheckConstraint(
                condition=~Q(decision__in=["return", "reject"]) | ~Q(reasons=""), name="verdict_return_has_reasons"
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.decision} {self.judgment_id or self.batch_id}"
