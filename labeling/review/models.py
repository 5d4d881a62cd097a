"""What researchers decided about judgments and batches."""

import uuid

from django.db import models
from django.db.models import Q

from labeling.accounts.models import User
from labeling.collection.models import Batch, Judgment, Screening
from labeling.review.counts.models import (
    CountState,
    FlagCount,
    KeptAnswer,
    PairCount,
    PromptCount,
    RatingCount,
    StalePrompt,
    UnitCount,
)
from labeling.review.desk.models import (
    JudgmentRisk,
    Looking,
    PlanMember,
    Reference,
    ReferenceAction,
    ReviewSettings,
    SamplingPlan,
)
from labeling.review.evaluation.models import EvaluatedModel, Evaluation
from labeling.review.items.models import ItemChange, ItemFigures

__all__ = [
    "CountState", "Decision", "EvaluatedModel", "Evaluation", "FlagCount", "ItemChange", "ItemFigures",
    "JudgmentRisk", "KeptAnswer", "Looking", "PairCount", "PlanMember", "PromptCount", "RatingCount", "Reference",
    "ReferenceAction", "ReviewSettings", "SamplingPlan", "ScreeningDecision", "ScreeningRating", "StalePrompt",
    "UnitCount", "Verdict",
]  # fmt: skip


class Decision(models.TextChoices):
    ACCEPT = "accept"
    RETURN = "return"
    REJECT = "reject"
    WITHDRAW = "withdraw"  # takes an acceptance of a batch back, or any verdict on a judgment


class Verdict(models.Model):
    """One decision on one judgment or one batch; the newest counts that was not taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    judgment = models.ForeignKey(Judgment, null=True, on_delete=models.PROTECT, related_name="verdicts")
    batch = models.ForeignKey(Batch, null=True, on_delete=models.CASCADE, related_name="verdicts")
    decision = models.CharField(max_length=10, choices=Decision)
    reasons = models.TextField(blank=True)
    standing = models.BooleanField(default=True, help_text="On a judgment: that it counts; at most one does")
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    submission_id = models.UUIDField(null=True, unique=True, help_text="The client's id: sent twice, it is one")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["judgment"], condition=Q(standing=True), name="verdict_one_standing"),
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


class ScreeningRating(models.Model):
    """What one researcher gave one demonstration of a screening, not knowing whose it is."""

    judgment = models.ForeignKey(Judgment, on_delete=models.PROTECT, related_name="screening_ratings")
    rater = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField(help_text="1 = worst, 7 = best")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["judgment", "rater"], name="screening_rated_once"),
            models.CheckConstraint(condition=Q(value__gte=1, value__lte=7), name="screening_rating_1_to_7"),
        ]

    def __str__(self) -> str:
        return f"{self.value} for {self.judgment_id}"


class ScreeningDecision(models.Model):
    """Whether a labeler is qualified for paid tasks, with the scores that the decision was made on. Once."""

    screening = models.OneToOneField(Screening, primary_key=True, on_delete=models.PROTECT, related_name="decision")
    qualified = models.BooleanField()
    reason = models.TextField(help_text="In words, for the labeler")
    scores = models.JSONField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{'qualified' if self.qualified else 'declined'}: {self.screening_id}"
