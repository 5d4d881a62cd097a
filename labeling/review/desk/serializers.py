"""The review desk in JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling.collection.models import Action, BatchStatus, Question
from labeling.collection.serializers.batches import ItemJudgmentSerializer, ItemSerializer
from labeling.projects.models import TaskKind
from labeling.review.models import Decision, Reference, Verdict
from labeling.review.risk.answer import SignalName

SIGNALS = [(name.value, name.value) for name in SignalName]


class ReviewQueueQuerySerializer(serializers.Serializer):
    signal = serializers.ChoiceField(choices=SIGNALS, required=False, default="")
    labeler = serializers.CharField(required=False, default="", max_length=40, help_text="Pseudonym")
    plan = serializers.UUIDField(required=False, default=None, allow_null=True)
    cursor = serializers.CharField(required=False, default="", max_length=200)
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=200)


class ReviewQueueRowSerializer(serializers.Serializer):
    task = serializers.UUIDField()
    batch = serializers.UUIDField()
    batch_name = serializers.CharField()
    score = serializers.FloatField(help_text="Points of the riskiest judgment that awaits a verdict")
    awaiting = serializers.IntegerField(help_text="Judgments of the item that await a verdict")
    signals = serializers.ListField(child=serializers.ChoiceField(choices=SIGNALS))
    looking = serializers.ListField(child=serializers.CharField(), help_text="Colleagues who look at it now")


class ReviewQueueSerializer(serializers.Serializer):
    results = ReviewQueueRowSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class SignalCountSerializer(serializers.Serializer):
    name = serializers.ChoiceField(choices=SIGNALS)
    judgments = serializers.IntegerField()
    awaiting = serializers.IntegerField(help_text="Of these, those on which no verdict stands")


class LabelerLineSerializer(serializers.Serializer):
    labeler = serializers.CharField(help_text="Pseudonym")
    judgments = serializers.IntegerField()
    awaiting = serializers.IntegerField()
    risk = serializers.FloatField(help_text="Mean points a judgment")


class VerdictCountsSerializer(serializers.Serializer):
    accept = serializers.IntegerField()
    # "return" is no name for a field in Python.
    reject = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "return": serializers.IntegerField()}


class ReviewSummarySerializer(serializers.Serializer):
    judgments = serializers.IntegerField(help_text="Current and submitted ones")
    unscored = serializers.IntegerField(help_text="Whose risk is not computed yet; ask again for more")
    awaiting = serializers.IntegerField(help_text="On which no verdict stands")
    awaiting_items = serializers.IntegerField()
    verdicts = VerdictCountsSerializer()
    signals = SignalCountSerializer(many=True)
    labelers = LabelerLineSerializer(many=True)


class RiskSignalSerializer(serializers.Serializer):
    name = serializers.ChoiceField(choices=SIGNALS)
    points = serializers.FloatField()
    values = serializers.DictField(help_text="The numbers and names that explain it")


class StandingVerdictSerializer(serializers.ModelSerializer[Verdict]):
    """A verdict with who gave it."""

    by = serializers.SerializerMethodField()
    decision = serializers.ChoiceField(choices=Decision.choices)

    class Meta:
        model = Verdict
        fields = ["id", "decision", "reasons", "by", "created_at"]
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_by(self, verdict: Verdict) -> str | None:
        return verdict.by.username if verdict.by else None


class JudgmentNoteSerializer(serializers.Serializer):
    judgment = serializers.UUIDField()
    score = serializers.FloatField(allow_null=True, help_text="Null until it is computed")
    signals = RiskSignalSerializer(many=True)
    verdict = StandingVerdictSerializer(allow_null=True, help_text="The one that stands")
    revisions = serializers.IntegerField()
    questions = serializers.IntegerField()


class DeskBatchSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    project = serializers.UUIDField(source="project_id")
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    status = serializers.ChoiceField(choices=BatchStatus.choices)
    imported = serializers.BooleanField()


class ReferenceRatingSerializer(serializers.Serializer):
    candidate = serializers.UUIDField()
    rank = serializers.IntegerField(help_text="1 = best; equal is a tie")
    overall = serializers.IntegerField(allow_null=True)


class ReferenceSerializer(serializers.ModelSerializer[Reference]):
    """An item's reference. `ratings` in the order of the outputs' creation."""

    ratings = ReferenceRatingSerializer(many=True)
    by = serializers.CharField(source="by.username")

    class Meta:
        model = Reference
        fields = ["id", "task", "number", "current", "ratings", "response", "note", "by", "created_at"]
        read_only_fields = fields


class DeskItemSerializer(serializers.Serializer):
    item = ItemSerializer()
    batch = DeskBatchSerializer()
    position = serializers.IntegerField()
    judgments = JudgmentNoteSerializer(many=True, help_text="In the item's order")
    reference = ReferenceSerializer(allow_null=True)
    looking = serializers.ListField(child=serializers.CharField())


class LookingSerializer(serializers.Serializer):
    looking = serializers.ListField(child=serializers.CharField(), help_text="Colleagues who have it before them")


class HistoryRevisionSerializer(serializers.Serializer):
    action = serializers.ChoiceField(choices=Action.choices)
    current = serializers.BooleanField()
    answer = ItemJudgmentSerializer()


class HistoryVerdictSerializer(StandingVerdictSerializer):
    revision = serializers.IntegerField(source="judgment.revision")
    undone = serializers.SerializerMethodField()

    class Meta(StandingVerdictSerializer.Meta):
        fields = [*StandingVerdictSerializer.Meta.fields, "revision", "undone"]
        read_only_fields = fields

    def get_undone(self, verdict: Verdict) -> bool:
        return hasattr(verdict, "undone_by")


class HistoryMessageSerializer(serializers.Serializer):
    by_asker = serializers.BooleanField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class HistoryQuestionSerializer(serializers.ModelSerializer[Question]):
    """A thread about the item, whole."""

    messages = serializers.SerializerMethodField()

    class Meta:
        model = Question
        fields = ["id", "waits_since", "messages"]
        read_only_fields = fields

    @extend_schema_field(HistoryMessageSerializer(many=True))
    def get_messages(self, question: Question) -> list[dict[str, Any]]:
        return [
            {
                "by_asker": message.author_id == question.asker_id,
                "text": message.text,
                "created_at": message.created_at,
            }
            for message in sorted(question.messages.all(), key=lambda message: message.created_at)
        ]


class HistorySerializer(serializers.Serializer):
    revisions = HistoryRevisionSerializer(many=True)
    verdicts = HistoryVerdictSerializer(many=True)
    questions = HistoryQuestionSerializer(many=True)


class ReasonSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=60)
    text = serializers.CharField(max_length=2_000)


class ReviewSettingsSerializer(serializers.Serializer):
    """How a project reviews. `revision` is the one that is shown, or of a change the one that was changed."""

    revision = serializers.IntegerField(min_value=0)
    reasons = ReasonSerializer(many=True, max_length=9, help_text="By the keys 1 to 9")  # type: ignore[call-arg]
    show_references = serializers.BooleanField(
        help_text="Whether labelers see the reference of an item that they answered, once its batch is accepted"
    )


class ReferenceOverallSerializer(serializers.Serializer):
    candidate = serializers.UUIDField()
    overall = serializers.IntegerField(min_value=1, max_value=7)


class NewReferenceSerializer(serializers.Serializer):
    """Of a comparison `ranking`, of a demonstration `response`."""

    submission_id = serializers.UUIDField(help_text="Sent again, it is the same reference")
    seen = serializers.UUIDField(
        allow_null=True, required=False, default=None, help_text="The reference that one saw; null for none"
    )
    ranking = serializers.ListField(
        child=serializers.ListField(child=serializers.UUIDField(), max_length=9),
        required=False,
        default=list,
        max_length=9,
        help_text="Best first; an inner list is a tie",
    )
    overalls = ReferenceOverallSerializer(many=True, required=False, default=list, max_length=9)  # type: ignore[call-arg]
    response = serializers.CharField(required=False, allow_blank=True, default="", max_length=50_000)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=5_000)

    def validate_overalls(self, value: list[dict[str, Any]]) -> dict[Any, int]:
        return {line["candidate"]: line["overall"] for line in value}


class ShownReferenceOutputSerializer(serializers.Serializer):
    candidate = serializers.UUIDField(help_text="Under its random id of the assignment")
    overall = serializers.IntegerField(allow_null=True, help_text="One's own")
    reference_overall = serializers.IntegerField(allow_null=True)
    rank = serializers.IntegerField(help_text="One's own; 1 = best, equal is a tie")
    reference_rank = serializers.IntegerField()


class ShownReferenceSerializer(serializers.Serializer):
    """What a labeler sees of a reference: of a comparison `outputs` as shown, of a demonstration `response`."""

    kind = serializers.ChoiceField(choices=TaskKind.choices)
    note = serializers.CharField(help_text="The researchers' reasons; may be empty")
    response = serializers.CharField(allow_null=True)
    outputs = ShownReferenceOutputSerializer(many=True)
    agree = serializers.IntegerField(help_text="Pairs of outputs on which both say the same")
    pairs = serializers.IntegerField()


class UndoReferenceSerializer(serializers.Serializer):
    submission_id = serializers.UUIDField()


class PlanQuerySerializer(serializers.Serializer):
    """What a plan is to be. Without `at_random` as many are drawn as `tolerable` asks."""

    by_risk = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False, default=0)
    at_random = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False, default=None)
    confidence = serializers.FloatField(min_value=0.5, max_value=0.999, required=False, default=0.95)
    tolerable = serializers.FloatField(min_value=0, max_value=0.99, required=False, default=0.05)


class ProposalSerializer(serializers.Serializer):
    population = serializers.IntegerField(help_text="Judgments that await a verdict")
    by_risk = serializers.IntegerField()
    at_random = serializers.IntegerField()
    bound = serializers.FloatField(help_text="The share of the unreviewed that is faulty at most, if none drawn is")


class PlanSerializer(serializers.Serializer):
    """A plan with how far it is and what it shows."""

    id = serializers.UUIDField(source="plan.pk")
    batch = serializers.UUIDField(source="plan.batch_id")
    population = serializers.IntegerField(source="plan.population")
    by_risk = serializers.IntegerField(source="plan.by_risk")
    at_random = serializers.IntegerField(source="plan.at_random")
    confidence = serializers.FloatField(source="plan.confidence")
    tolerable = serializers.FloatField(source="plan.tolerable")
    created_at = serializers.DateTimeField(source="plan.created_at")
    reviewed_by_risk = serializers.IntegerField()
    faulty_by_risk = serializers.IntegerField()
    reviewed_at_random = serializers.IntegerField()
    faulty_at_random = serializers.IntegerField()
    unreviewed = serializers.IntegerField(help_text="Judgments that it leaves unread")
    bound = serializers.FloatField(
        allow_null=True, help_text="Of these the share that is faulty at most; null until the random part is reviewed"
    )
    done = serializers.BooleanField()
    holds = serializers.BooleanField(help_text="Whether the batch may be accepted on it")


class PlanListSerializer(serializers.Serializer):
    results = PlanSerializer(many=True)
    next = serializers.CharField(allow_null=True)
