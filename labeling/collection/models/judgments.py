"""What people judged. Append-only: a database trigger refuses changes and deletions (migration 0002)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from labeling.collection.models.prompts import Candidate
from labeling.collection.models.tasks import Assignment
from labeling.projects.models import Guideline, Pool, Rubric


class Action(models.TextChoices):
    SUBMIT = "submit"  # the first answer
    CORRECT = "correct"  # a later answer in place of an earlier one
    UNDO = "undo"  # takes the answer back; has no detail row


class Judgment(models.Model):
    """One revision of an assignment's answer; its kind's detail stands beside it. Only `current` ever changes.

    An undo is never current: an assignment whose answer was taken back has none until the next submit.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="judgments")
    revision = models.PositiveIntegerField()
    action = models.CharField(max_length=10, choices=Action)
    current = models.BooleanField(default=True)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    submission_id = models.UUIDField(null=True, help_text="The client's id of a submit; null for an undo")
    body_sha256 = models.CharField(max_length=64, blank=True)
    pool = models.CharField(max_length=10, choices=Pool, help_text="The labeler's pool when this was judged")
    guideline = models.ForeignKey(Guideline, null=True, on_delete=models.PROTECT, related_name="+")
    rubric = models.ForeignKey(Rubric, null=True, on_delete=models.PROTECT, related_name="+")
    prompt_flags = models.JSONField(default=dict)
    prompt_scales = models.JSONField(default=dict, help_text="By key, as the rubric's scales ask")
    active_seconds_sent = models.FloatField(default=0)
    active_seconds = models.FloatField(default=0, help_text="As sent, at most the server's own measure")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "revision"], name="judgment_revision_unique"),
            models.UniqueConstraint(fields=["assignment", "submission_id"], name="judgment_submission_unique"),
            models.UniqueConstraint(fields=["assignment"], condition=Q(current=True), name="judgment_one_current"),
            models.CheckConstraint(condition=Q(action__in=Action.values), name="judgment_action_known"),
            models.CheckConstraint(condition=Q(pool__in=Pool.values), name="judgment_pool_known"),
            models.CheckConstraint(condition=~Q(action="undo") | Q(current=False), name="judgment_undo_never_current"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.assignment_id} r{self.revision}"


class Demonstration(models.Model):
    judgment = models.OneToOneField(Judgment, primary_key=True, on_delete=models.PROTECT, related_name="demonstration")
    response = models.TextField()

    def __str__(self) -> str:
        return self.response[:60]


class Comparison(models.Model):
    """A ranking with ties of a task's candidates; its ratings carry the rest. Pairs are derived, never stored."""

    judgment = models.OneToOneField(Judgment, primary_key=True, on_delete=models.PROTECT, related_name="comparison")
    note = models.TextField(blank=True)
    confidence = models.PositiveSmallIntegerField(
        null=True, help_text="Of two outputs: 1 = the one shown first is far better, 5 = no difference, 9 = the second"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence__gte=1, confidence__lte=9), name="comparison_confidence_1_to_9"
            )
        ]

    def __str__(self) -> str:
        return str(self.judgment_id)


class Rating(models.Model):
    comparison = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="ratings")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="ratings")
    overall = models.PositiveSmallIntegerField(null=True, help_text="1 = worst, 7 = best; null where imported without")
    flags = models.JSONField(default=dict)
    scales = models.JSONField(default=dict, help_text="By key, as the rubric's scales ask")
    note = models.TextField(blank=True)
    critique = models.TextField(blank=True, help_text="What is wrong with it, in words")
    edit = models.TextField(blank=True, help_text="The output as it should have been; empty where left as it is")
    interpretation = models.TextField(blank=True, help_text="What it says, written before the prompt was shown")
    rank = models.PositiveSmallIntegerField(help_text="1 = best; equal is a tie")
    position = models.PositiveSmallIntegerField(help_text="Place in which it was shown, from 0")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comparison", "candidate"], name="rating_once"),
            models.CheckConstraint(condition=Q(overall__gte=1, overall__lte=7), name="rating_1_to_7"),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=9), name="rating_rank_1_to_9"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id}: rank {self.rank}"
