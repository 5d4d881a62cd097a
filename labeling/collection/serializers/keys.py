"""Keys: what researchers set, and what who is being calibrated is shown of them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling.collection.models import ScreeningPart, Task, TaskKey, TaskPurpose
from labeling.projects.models import TaskKind


class KeySerializer(serializers.ModelSerializer[TaskKey]):
    by = serializers.CharField(source="created_by.username", allow_null=True)

    class Meta:
        model = TaskKey
        fields = ["id", "version", "judgment", "reasons", "by", "created_at"]
        read_only_fields = fields


class NewKeySerializer(serializers.Serializer):
    judgment = serializers.UUIDField(help_text="A researcher's, of the same prompt and outputs")
    reasons = serializers.CharField(max_length=20_000, allow_blank=True, help_text="Why this is right, in words")
    version = serializers.IntegerField(min_value=0, help_text="Of the key that was seen; 0: none")


class KeyAnswerSerializer(serializers.Serializer):
    judgment = serializers.UUIDField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class KeyedTaskSerializer(serializers.ModelSerializer[Task]):
    """A task that is no work, its key, and the researchers' answers that may become one (context["answers"])."""

    task = serializers.UUIDField(source="pk")
    batch_name = serializers.CharField(source="batch.name")
    part = serializers.ChoiceField(choices=ScreeningPart.choices, source="batch.part", allow_blank=True)
    title = serializers.SerializerMethodField(help_text="How the prompt begins")
    key = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField()

    class Meta:
        model = Task
        fields = ["task", "batch", "batch_name", "kind", "purpose", "part", "status", "title", "key", "answers"]
        read_only_fields = fields

    def get_title(self, task: Task) -> str:
        assert task.prompt is not None, "only work is written"
        return " ".join(task.prompt.messages[-1]["content"][:400].split())[:140]

    @extend_schema_field(KeySerializer(allow_null=True))
    def get_key(self, task: Task) -> dict[str, Any] | None:
        keys = task.newest_keys  # type: ignore[attr-defined]
        return KeySerializer(keys[0]).data if keys else None

    @extend_schema_field(KeyAnswerSerializer(many=True))
    def get_answers(self, task: Task) -> list[dict[str, Any]]:
        return [
            {"judgment": str(found.pk), "by": found.assignment.labeler.username, "at": found.created_at}
            for found in self.context["answers"][task.pk]
        ]


class KeyedTaskQuerySerializer(serializers.Serializer):
    purpose = serializers.ChoiceField(choices=[p for p in TaskPurpose.choices if p[0] != "work"], required=False)


class DifferingFlagSerializer(serializers.Serializer):
    flag = serializers.CharField(help_text="Its key in the rubric")
    yours = serializers.BooleanField()
    key = serializers.BooleanField()


class FeedbackOutputSerializer(serializers.Serializer):
    candidate = serializers.UUIDField()
    overall = serializers.IntegerField(allow_null=True)
    key_overall = serializers.IntegerField(allow_null=True)
    rank = serializers.IntegerField()
    key_rank = serializers.IntegerField()
    flags = DifferingFlagSerializer(many=True)
    note = serializers.CharField(allow_blank=True, help_text="The researcher's on this output")


class FeedbackSerializer(serializers.Serializer):
    """One's own answer beside the key (selectors.keys.Feedback); flags are those on which the two differ."""

    kind = serializers.ChoiceField(choices=TaskKind.choices)
    reasons = serializers.CharField()
    prompt_flags = DifferingFlagSerializer(many=True)
    outputs = FeedbackOutputSerializer(many=True)
    response = serializers.CharField(allow_null=True, help_text="The researcher's demonstration")
    agree = serializers.IntegerField(help_text="Pairs of outputs that both put in the same order, or both tie")
    pairs = serializers.IntegerField()
