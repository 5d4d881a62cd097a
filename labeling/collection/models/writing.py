"""Prompts that labelers write: what is asked for, what they wrote, and what became of it once it was accepted."""

import uuid

from django.db import models
from django.db.models import Q

from labeling.accounts.models import User
from labeling.collection.models.judgments import Judgment
from labeling.collection.models.prompts import Prompt, UseCase
from labeling.collection.models.tasks import Task


class WritingSort(models.TextChoices):
    """Labeler-written prompts of the paper (section 3.2), and the step that makes the last sort anonymous."""

    PLAIN = "plain"
    FEW_SHOT = "few_shot"
    USER_BASED = "user_based"
    ANONYMIZE = "anonymize"


class PromptBrief(models.Model):
    """What one writing task asks for. Where `use_case` or `language` is empty, the labeler chooses it."""

    task = models.OneToOneField(Task, primary_key=True, on_delete=models.CASCADE, related_name="brief")
    sort = models.CharField(max_length=10, choices=WritingSort)
    use_case = models.CharField(max_length=20, choices=UseCase, blank=True)
    language = models.CharField(max_length=35, blank=True, help_text="BCP 47")
    about = models.TextField(blank=True, help_text="A topic, or of user-based ones what the user wants to do")
    pairs = models.PositiveSmallIntegerField(null=True, help_text="Of few-shot: how many pairs are wanted at least")
    source = models.ForeignKey(
        Judgment,
        null=True,
        on_delete=models.PROTECT,
        related_name="anonymizing",
        help_text="Of anonymize: the user-based prompt that is made anonymous",
    )
    source_author = models.ForeignKey(
        User,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who wrote the source, and is never given this task",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sort__in=WritingSort.values), name="brief_sort_known"),
            models.CheckConstraint(
                condition=Q(sort="anonymize", source__isnull=False, source_author__isnull=False)
                | (~Q(sort="anonymize") & Q(source=None, source_author=None)),
                name="brief_source_of_anonymize",
            ),
            models.CheckConstraint(
                condition=Q(sort="few_shot", pairs__isnull=False, pairs__gte=2, pairs__lte=20)
                | (~Q(sort="few_shot") & Q(pairs=None)),
                name="brief_pairs_of_few_shot",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sort} {self.use_case}"


class WrittenPrompt(models.Model):
    """The answer to a writing task. `text` is the prompt, or of a few-shot one the instruction before its pairs."""

    judgment = models.OneToOneField(Judgment, primary_key=True, on_delete=models.PROTECT, related_name="written")
    text = models.TextField()
    pairs = models.JSONField(default=list, help_text='Of few-shot: [{"query", "response"}]')
    use_case = models.CharField(max_length=20, choices=UseCase)
    language = models.CharField(max_length=35, blank=True, help_text="BCP 47")
    personal_data_meant = models.BooleanField(
        default=False, help_text="The writer was shown what looks like personal data, and means it to stand there"
    )

    def __str__(self) -> str:
        return self.text[:60]


class WrittenExample(models.Model):
    """A prompt of the project that came of an accepted answer; of few-shot one for each pair, with its response.

    An answer has at most one of each index, so accepting it again makes nothing twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    judgment = models.ForeignKey(Judgment, on_delete=models.PROTECT, related_name="examples")
    index = models.PositiveSmallIntegerField(default=0, help_text="Of few-shot: which pair is asked for, from 0")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="written_examples")
    response = models.TextField(blank=True, help_text="Of few-shot: the demonstration, with personal data masked")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["judgment", "index"], name="written_example_once")]

    def __str__(self) -> str:
        return f"{self.judgment_id}/{self.index}"
