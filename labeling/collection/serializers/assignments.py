"""What labelers send and see. Nothing here may tell which model wrote an output."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling.collection.models import (
    FINAL,
    Action,
    Assignment,
    AssignmentState,
    BlindCandidate,
    SkipReason,
    TakenBack,
    UseCase,
    WritingSort,
)
from labeling.collection.selectors.assignments import may_correct
from labeling.collection.selectors.stages import Stage
from labeling.collection.services.interpret import hides_prompt
from labeling.collection.services.note_time import MOST_SECONDS
from labeling.projects.models import Guideline, TaskKind
from labeling.projects.sensitive import SensitiveCategory
from labeling.projects.serializers import GuidelineExampleSerializer, RubricContentSerializer


class MessageSerializer(serializers.Serializer):
    role = serializers.ChoiceField(choices=["system", "user", "assistant"])
    content = serializers.CharField()


class NextRequestSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=TaskKind.choices, required=False, allow_null=True, default=None)
    ahead = serializers.BooleanField(required=False, default=False)


class SubmittedRatingSerializer(serializers.Serializer):
    candidate = serializers.UUIDField()
    overall = serializers.IntegerField(allow_null=True, required=False, default=None, help_text="1 to 7")
    flags = serializers.DictField(child=serializers.BooleanField(), required=False, default=dict)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000, trim_whitespace=False)
    scales = serializers.DictField(child=serializers.IntegerField(), required=False)
    critique = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    edit = serializers.CharField(
        required=False, allow_blank=True, trim_whitespace=False, help_text="The output as it should have been"
    )


class PairSerializer(serializers.Serializer):
    query = serializers.CharField(allow_blank=True, trim_whitespace=False)
    response = serializers.CharField(allow_blank=True, trim_whitespace=False)


class SubmissionSerializer(serializers.Serializer):
    """A demonstration has `response`; a comparison has `ratings` and `ranking` (best first, an inner list is a tie); a
    prompt has `text`, `use_case` and `language`, and a few-shot one `pairs` after the instruction in `text`."""

    submission_id = serializers.UUIDField()
    active_seconds = serializers.FloatField(min_value=0, max_value=MOST_SECONDS, required=False, default=0)
    prompt_flags = serializers.DictField(child=serializers.BooleanField(), required=False, default=dict)
    prompt_scales = serializers.DictField(child=serializers.IntegerField(), required=False)
    response = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    ratings = SubmittedRatingSerializer(many=True, required=False)
    ranking = serializers.ListField(
        child=serializers.ListField(child=serializers.UUIDField(), max_length=20), required=False, max_length=20
    )
    confidence = serializers.IntegerField(
        required=False,
        help_text="Of two outputs: 1 = the first one shown is far better, 5 = no difference, 9 = the second is",
    )
    text = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    pairs = PairSerializer(many=True, required=False)
    use_case = serializers.ChoiceField(choices=UseCase.choices, required=False, allow_blank=True)
    language = serializers.CharField(required=False, allow_blank=True, max_length=35, help_text="BCP 47")
    personal_data_meant = serializers.BooleanField(
        required=False, help_text="What looks like personal data is meant to stand there"
    )


class InterpretationsSerializer(serializers.Serializer):
    interpretations = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=5000, trim_whitespace=False),
        help_text="By output: what it says to somebody who has not seen the prompt",
    )


class ShownPromptSerializer(serializers.Serializer):
    """`messages` is null until the interpretations are written, where the rubric asks for them."""

    messages = MessageSerializer(many=True, allow_null=True)
    use_case = serializers.ChoiceField(choices=UseCase.choices, allow_blank=True)
    sensitive = serializers.ListField(
        child=serializers.ChoiceField(choices=SensitiveCategory.choices), help_text="To be warned of before it is shown"
    )


class BriefSerializer(serializers.Serializer):
    """What a writing task asks for (selectors.writing.BriefPage)."""

    sort = serializers.ChoiceField(choices=WritingSort.choices)
    use_case = serializers.ChoiceField(
        choices=UseCase.choices, allow_blank=True, help_text="Empty: the labeler chooses"
    )
    language = serializers.CharField(allow_blank=True, help_text="BCP 47; empty: the labeler chooses")
    about = serializers.CharField(allow_blank=True, help_text="A topic, or what the user wants to do")
    pairs = serializers.IntegerField(allow_null=True, help_text="Of few-shot: at least so many")
    source = serializers.CharField(  # type: ignore[assignment]
        allow_null=True, help_text="The text to be made anonymous"
    )
    suspected = serializers.ListField(
        child=serializers.CharField(), help_text="Words of the source that look like personal data"
    )
    have = serializers.IntegerField(help_text="Prompts of the project, of this use case where one is asked for")
    rare_use_cases = serializers.ListField(child=serializers.ChoiceField(choices=UseCase.choices))
    languages = serializers.DictField(child=serializers.IntegerField())
    openings = serializers.ListField(child=serializers.CharField(), help_text="How several prompts begin already")


class ShownCandidateSerializer(serializers.ModelSerializer[BlindCandidate]):
    """An output under its random id; letters go by position."""

    text = serializers.CharField(source="candidate.text")

    class Meta:
        model = BlindCandidate
        fields = ["id", "text"]
        read_only_fields = fields


class PinnedGuidelineSerializer(serializers.ModelSerializer[Guideline]):
    examples = GuidelineExampleSerializer(many=True)

    class Meta:
        model = Guideline
        fields = ["id", "version", "text", "examples"]
        read_only_fields = fields


class PinnedRubricSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    content = RubricContentSerializer()


class ReturnedSerializer(serializers.Serializer):
    reasons = serializers.CharField()
    at = serializers.DateTimeField()


def returned(assignment: Assignment) -> dict[str, Any] | None:
    if assignment.returned_at is None:
        return None
    return {"reasons": assignment.return_reasons, "at": assignment.returned_at}


class AssignmentSerializer(serializers.Serializer):
    """A page of work (selectors.assignments.AssignmentPage)."""

    id = serializers.UUIDField(source="assignment.pk")
    project = serializers.UUIDField(source="assignment.project_id")
    kind = serializers.ChoiceField(choices=TaskKind.choices, source="assignment.task.kind")
    stage = serializers.SerializerMethodField(help_text="Screening, calibration with a key shown afterwards, or work")
    state = serializers.ChoiceField(choices=AssignmentState.choices, source="assignment.state")
    taken_back = serializers.ChoiceField(
        choices=TakenBack.choices,
        source="assignment.taken_back",
        allow_blank=True,
        help_text="Of what is released: why a researcher ended the hold, if one did",
    )
    lease_expires_at = serializers.DateTimeField(source="assignment.lease_expires_at", allow_null=True)
    undo_until = serializers.DateTimeField(allow_null=True)
    server_time = serializers.DateTimeField()
    draft = serializers.DictField(source="assignment.draft", help_text="The form's state, as the page last saved it")
    draft_revision = serializers.IntegerField(source="assignment.draft_revision")
    active_seconds = serializers.FloatField(
        source="assignment.active_seconds", help_text="As the page told besides the draft, which may know of more"
    )
    prompt = ShownPromptSerializer(help_text="Of a writing task without messages")
    brief = BriefSerializer(allow_null=True)
    interpretations = serializers.DictField(child=serializers.CharField(), source="assignment.interpretations")
    candidates = ShownCandidateSerializer(many=True)
    guideline = PinnedGuidelineSerializer(source="assignment.guideline", allow_null=True)
    rubric = PinnedRubricSerializer(source="assignment.rubric", allow_null=True)
    returned = serializers.SerializerMethodField()
    submitted = SubmissionSerializer(allow_null=True)
    queue_left = serializers.IntegerField(
        allow_null=True, help_text="New tasks of this kind that wait, counted to a bound; null for comparisons"
    )
    may_correct = serializers.BooleanField(help_text="Submitted, and its batch is not in review yet")

    @extend_schema_field(serializers.ChoiceField(choices=Stage.choices))
    def get_stage(self, page: Any) -> str:
        purpose = page.assignment.task.purpose
        return purpose if purpose in FINAL else Stage.WORK

    @extend_schema_field(ReturnedSerializer(allow_null=True))
    def get_returned(self, page: Any) -> dict[str, Any] | None:
        return returned(page.assignment)


class RevisionSerializer(serializers.Serializer):
    """One of a labeler's own answers to a task (selectors.assignments.Revision)."""

    revision = serializers.IntegerField(source="judgment.revision")
    action = serializers.ChoiceField(choices=Action.choices, source="judgment.action")
    created_at = serializers.DateTimeField(source="judgment.created_at")
    current = serializers.BooleanField(source="judgment.current")
    active_seconds = serializers.FloatField(source="judgment.active_seconds")
    submitted = SubmissionSerializer(source="body", allow_null=True)


class RevisionListSerializer(serializers.Serializer):
    results = RevisionSerializer(many=True)
    next = serializers.CharField(allow_null=True)


def _first_words(assignment: Assignment) -> str:
    """The prompt; of a writing task what was written, or what it is to be about."""
    task = assignment.task
    if task.prompt is not None:
        return task.prompt.messages[-1]["content"]
    answers = assignment.answers  # type: ignore[attr-defined]
    return answers[0].written.text if answers else task.brief.about


class AssignmentBriefSerializer(serializers.ModelSerializer[Assignment]):
    """A line of a labeler's own history."""

    project = serializers.UUIDField(source="project_id")
    project_name = serializers.CharField(source="project.name")
    kind = serializers.ChoiceField(choices=TaskKind.choices, source="task.kind")
    title = serializers.SerializerMethodField(
        help_text="How the prompt begins, also one that was written; empty where it is not to be read unasked"
    )
    undo_until = serializers.SerializerMethodField()
    may_correct = serializers.SerializerMethodField()
    active_seconds = serializers.SerializerMethodField()
    returned = serializers.SerializerMethodField()

    class Meta:
        model = Assignment
        fields = [
            "id", "project", "project_name", "kind", "state", "title", "created_at", "submitted_at", "undo_until",
            "may_correct", "active_seconds", "returned",
        ]  # fmt: skip
        read_only_fields = fields

    def get_title(self, assignment: Assignment) -> str:
        prompt = assignment.task.prompt
        unread = prompt is not None and prompt.sensitive and assignment.submitted_at is None
        if unread or hides_prompt(assignment):
            return ""
        return " ".join(_first_words(assignment)[:400].split())[:140]

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_undo_until(self, assignment: Assignment) -> str | None:
        until = self.context["open_undo_window"](assignment)
        return serializers.DateTimeField().to_representation(until) if until else None

    def get_may_correct(self, assignment: Assignment) -> bool:
        return may_correct(assignment)

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_active_seconds(self, assignment: Assignment) -> float | None:
        answers = assignment.answers  # type: ignore[attr-defined]
        return answers[0].active_seconds if answers else None

    @extend_schema_field(ReturnedSerializer(allow_null=True))
    def get_returned(self, assignment: Assignment) -> dict[str, Any] | None:
        return returned(assignment)


class DraftSerializer(serializers.Serializer):
    revision = serializers.IntegerField(min_value=0, help_text="The draft_revision that the page saw")
    draft = serializers.DictField()


class DraftRevisionSerializer(serializers.Serializer):
    draft_revision = serializers.IntegerField()


class LeaseSerializer(serializers.Serializer):
    lease_expires_at = serializers.DateTimeField()
    server_time = serializers.DateTimeField()


class ReceiptSerializer(serializers.Serializer):
    assignment = serializers.UUIDField()
    judgment = serializers.UUIDField()
    state = serializers.ChoiceField(choices=AssignmentState.choices)
    undo_until = serializers.DateTimeField()


class ActiveSerializer(serializers.Serializer):
    """Active time on this task so far."""

    active_seconds = serializers.FloatField(min_value=0, max_value=MOST_SECONDS, required=False, default=0)


class SkipSerializer(ActiveSerializer):
    reason = serializers.ChoiceField(choices=SkipReason.choices)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class StateSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=AssignmentState.choices)
