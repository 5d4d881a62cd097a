"""Questions and answers. No user and no model is named: a labeler is a pseudonym, and that for researchers only."""

from typing import Any, Literal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling.collection.models import Question, QuestionMessage, TaskPurpose
from labeling.collection.selectors.questions import Thread
from labeling.collection.serializers.assignments import MessageSerializer, ShownCandidateSerializer
from labeling.collection.serializers.batches import ItemBriefSerializer
from labeling.projects.models import TaskKind

MAX_CHARACTERS = 5000


class NewMessageSerializer(serializers.Serializer):
    submission_id = serializers.UUIDField(help_text="Made by the client: the same message sent again is stored once")
    text = serializers.CharField(max_length=MAX_CHARACTERS)


class PublicationSerializer(serializers.Serializer):
    """What others read: words that say nothing of the item."""

    question = serializers.CharField(max_length=MAX_CHARACTERS)
    answer = serializers.CharField(max_length=MAX_CHARACTERS)


class PromotionSerializer(serializers.Serializer):
    version = serializers.IntegerField(min_value=0, help_text="The guideline version that the text was written from")
    text = serializers.CharField(trim_whitespace=False)


class QuestionLineSerializer(serializers.ModelSerializer[Question]):
    """A line of a list."""

    project = serializers.UUIDField(source="project_id")
    project_name = serializers.CharField(source="project.name")
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    assignment = serializers.UUIDField(source="assignment_id")
    text = serializers.CharField(help_text="The question as it was asked")
    published = serializers.SerializerMethodField()

    class Meta:
        model = Question
        fields = [
            "id", "project", "project_name", "kind", "assignment", "text", "created_at", "waits_since", "unread",
            "published",
        ]  # fmt: skip
        read_only_fields = fields

    def get_published(self, question: Question) -> bool:
        return question.published_at is not None


class AskedLineSerializer(QuestionLineSerializer):
    """The same for researchers, with the asker's pseudonym."""

    pseudonym = serializers.CharField()

    class Meta(QuestionLineSerializer.Meta):
        fields = [*QuestionLineSerializer.Meta.fields, "pseudonym"]
        read_only_fields = fields


class ThreadMessageSerializer(serializers.ModelSerializer[QuestionMessage]):
    by = serializers.SerializerMethodField()
    mine = serializers.SerializerMethodField()

    class Meta:
        model = QuestionMessage
        fields = ["id", "by", "mine", "text", "created_at"]
        read_only_fields = fields

    def get_by(self, message: QuestionMessage) -> Literal["asker", "researcher"]:
        return "asker" if message.author_id == message.question.asker_id else "researcher"

    def get_mine(self, message: QuestionMessage) -> bool:
        return message.author_id == self.context["user"].pk


class QuestionItemSerializer(serializers.Serializer):
    """The item as its asker saw it, for researchers."""

    task = serializers.UUIDField(source="question.assignment.task_id")
    batch = serializers.UUIDField(source="question.assignment.task.batch_id")
    position = serializers.IntegerField(source="question.assignment.task.position")
    purpose = serializers.ChoiceField(choices=TaskPurpose.choices, source="question.assignment.task.purpose")
    open_to_others = serializers.BooleanField(help_text="Others may still get this task, or have it in hand")
    messages = MessageSerializer(
        many=True, source="question.assignment.task.prompt.messages", default=list, help_text="None of a writing task"
    )
    brief = ItemBriefSerializer(source="question.assignment.task.brief", default=None, allow_null=True)
    candidates = ShownCandidateSerializer(many=True)


class ThreadSerializer(serializers.Serializer):
    """A thread (selectors.questions.Thread)."""

    id = serializers.UUIDField(source="question.pk")
    project = serializers.UUIDField(source="question.project_id")
    project_name = serializers.CharField(source="question.project.name")
    kind = serializers.ChoiceField(choices=TaskKind.choices, source="question.kind")
    assignment = serializers.UUIDField(source="question.assignment_id")
    waits_since = serializers.DateTimeField(source="question.waits_since", allow_null=True)
    is_asker = serializers.BooleanField()
    messages = ThreadMessageSerializer(many=True)
    pseudonym = serializers.SerializerMethodField(help_text="The asker's, for researchers")
    item = serializers.SerializerMethodField(help_text="For researchers")
    publication = serializers.SerializerMethodField(help_text="What others in the project read of it")
    guideline_version = serializers.IntegerField(
        source="question.guideline.version", default=None, allow_null=True, help_text="The version that took it up"
    )

    def get_pseudonym(self, thread: Thread) -> str | None:
        return thread.question.pseudonym if thread.leads else None  # type: ignore[attr-defined]

    @extend_schema_field(QuestionItemSerializer(allow_null=True))
    def get_item(self, thread: Thread) -> dict[str, Any] | None:
        return QuestionItemSerializer(thread).data if thread.leads else None

    @extend_schema_field(PublicationSerializer(allow_null=True))
    def get_publication(self, thread: Thread) -> dict[str, str] | None:
        question = thread.question
        if question.published_at is None:
            return None
        return {"question": question.published_question, "answer": question.published_answer}


class PublishedAnswerSerializer(serializers.ModelSerializer[Question]):
    """What everybody in a project may read. Its id is the question's: reading the thread by it is refused."""

    kind = serializers.ChoiceField(choices=TaskKind.choices)
    question = serializers.CharField(source="published_question")
    answer = serializers.CharField(source="published_answer")

    class Meta:
        model = Question
        fields = ["id", "kind", "question", "answer", "published_at"]
        read_only_fields = fields
