"""Questions that labelers ask about the task in hand, and what researchers answer."""

import uuid

from django.db import models
from django.db.models import Q

from labeling.accounts.models import User
from labeling.collection.models.tasks import Assignment
from labeling.projects.models import Guideline, Project, TaskKind


class Question(models.Model):
    """A thread between one labeler and the project's researchers about one assignment.

    Only these may read it. What a researcher publishes of it, in words of its own, is all that others ever see:
    somebody else may still have the task before them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="questions")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(max_length=20, choices=TaskKind, help_text="Of the task, for whom the answer may help")
    asker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    waits_since = models.DateTimeField(null=True, help_text="Since when it waits for a researcher; null once answered")
    unread = models.BooleanField(default=False, help_text="A researcher wrote, and the asker has not looked since")
    published_question = models.TextField(blank=True)
    published_answer = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True)
    guideline = models.ForeignKey(
        Guideline, null=True, on_delete=models.SET_NULL, related_name="+", help_text="The version that took it up"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None) | ~(Q(published_question="") | Q(published_answer="")),
                name="question_published_has_texts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "waits_since"], condition=Q(waits_since__isnull=False), name="question_waiting"
            ),
            models.Index(
                fields=["project", "-published_at"], condition=Q(published_at__isnull=False), name="question_published"
            ),
            models.Index(fields=["asker", "-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.asker_id} on {self.assignment_id}"


class QuestionMessage(models.Model):
    """One message of a thread: the asker's, the first of them the question, or a researcher's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submission_id = models.UUIDField(unique=True, help_text="The client's id: the same message sent again is one")
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["question", "created_at"])]

    def __str__(self) -> str:
        return self.text[:60]
