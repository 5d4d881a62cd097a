from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling.collection.curate.choose import REASONS, Wish
from labeling.collection.models import (
    Assignment,
    AssignmentState,
    Batch,
    BatchStatus,
    Judgment,
    PromptBrief,
    ScreeningPart,
    SkipReason,
    Split,
    Task,
    TaskPurpose,
    TaskStatus,
    UseCase,
    WrittenPrompt,
)
from labeling.collection.selectors.batches import Progress
from labeling.collection.selectors.waits import Wait
from labeling.collection.serializers.assignments import MessageSerializer, PairSerializer
from labeling.collection.services.draw_outputs import ANY, IMPORTED, CandidateSource
from labeling.collection.services.publish_batch import PromptChoice
from labeling.projects.models import Pool, TaskKind
from labeling.projects.sensitive import SensitiveCategory


class PromptFilterSerializer(serializers.Serializer):
    split = serializers.ChoiceField(choices=Split.choices, required=False)
    use_case = serializers.ChoiceField(choices=UseCase.choices, required=False)
    source = serializers.CharField(max_length=200, required=False)  # type: ignore[assignment]
    limit = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    without_tasks = serializers.BooleanField(
        required=False, help_text="Only prompts that have no task of this kind yet"
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        # `import` is no name that Python lets a class body bind.
        return {**super().get_fields(), "import": serializers.UUIDField(required=False)}


@extend_schema_field(
    {
        "oneOf": [
            {"type": "array", "items": {"type": "string", "format": "uuid"}},
            {
                "type": "object",
                "properties": {
                    "split": {"type": "string", "enum": Split.values},
                    "use_case": {"type": "string", "enum": UseCase.values},
                    "source": {"type": "string"},
                    "import": {"type": "string", "format": "uuid"},
                    "limit": {"type": "integer", "minimum": 1},
                    "without_tasks": {"type": "boolean"},
                },
            },
        ]
    }
)
class PromptChoiceField(serializers.Field):
    """A list of prompt ids, or a filter; an empty filter is every prompt."""

    def to_internal_value(self, data: Any) -> PromptChoice:
        if isinstance(data, list):
            ids = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=100_000)
            return PromptChoice(ids=ids.run_validation(data))
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(PromptFilterSerializer().fields))
            if unknown:
                raise serializers.ValidationError(f"There is no filter {', '.join(unknown)}.")
            sent = PromptFilterSerializer(data=data)
            sent.is_valid(raise_exception=True)
            return PromptChoice(filters=sent.validated_data)
        raise serializers.ValidationError("Give a list of prompt ids, or a filter.")


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "enum": [IMPORTED, ANY]},
            {
                "type": "object",
                "required": ["run"],
                "properties": {"run": {"type": "string", "format": "uuid"}},
            },
        ]
    }
)
class CandidateSourceField(serializers.Field):
    """{"run": ID}, "imported" or "any"."""

    def to_internal_value(self, data: Any) -> CandidateSource:
        if data in (IMPORTED, ANY):
            return CandidateSource(kind=data)
        if isinstance(data, dict) and set(data) == {"run"}:
            return CandidateSource(kind="run", run=serializers.UUIDField().run_validation(data["run"]))
        raise serializers.ValidationError('Give {"run": ID}, "imported" or "any".')


class WeightsSerializer(serializers.Serializer):
    """What makes a prompt worth labeling next (curate/choose.py); only the proportions matter."""

    disagreement = serializers.FloatField(min_value=0, max_value=100, required=False)
    margin = serializers.FloatField(min_value=0, max_value=100, required=False)
    variance = serializers.FloatField(min_value=0, max_value=100, required=False)
    mix = serializers.FloatField(min_value=0, max_value=100, required=False)


class WishSerializer(serializers.Serializer):
    weights = WeightsSerializer()
    models = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=20,
        help_text="Reward models that have scored the outputs: the margin is by the first, the variance between all",
    )

    def to_internal_value(self, data: Any) -> Wish:
        return Wish(**super().to_internal_value(data))


class NewBatchSerializer(serializers.Serializer):
    submission_id = serializers.UUIDField(
        required=False, help_text="Made by the client: the same body sent again answers with the batch that came of it"
    )
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    prompts = PromptChoiceField()
    overlap = serializers.IntegerField(min_value=1, max_value=100, required=False, allow_null=True)
    shared_share = serializers.FloatField(
        min_value=0.01,
        max_value=1,
        required=False,
        allow_null=True,
        help_text="This share of the tasks, drawn, has `shared_overlap` labelers; all others have one",
    )
    shared_overlap = serializers.IntegerField(min_value=2, max_value=100, required=False, allow_null=True)
    max_overlap = serializers.IntegerField(
        min_value=3,
        max_value=100,
        required=False,
        allow_null=True,
        help_text="Of comparisons: a task on which its labelers disagree is given to more of them, up to this number",
    )
    least_consensus = serializers.FloatField(
        min_value=0.34,
        max_value=1,
        required=False,
        allow_null=True,
        help_text="Below this consensus one more labeler is asked: the share of labelers who say the most frequent "
        "thing of a pair of outputs, averaged over a task's pairs",
    )
    k = serializers.IntegerField(min_value=2, max_value=9, required=False, allow_null=True)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    purpose = serializers.ChoiceField(choices=TaskPurpose.choices, required=False)
    part = serializers.ChoiceField(choices=ScreeningPart.choices, required=False, allow_blank=True, default="")
    pools = serializers.ListField(
        child=serializers.ChoiceField(choices=Pool.choices), required=False, allow_empty=False
    )
    candidates = CandidateSourceField(required=False)
    choose = WishSerializer(
        required=False,
        allow_null=True,
        help_text="Take the prompts of the choice that are most worth labeling, best first; else the oldest first",
    )
    sensitive = serializers.ListField(
        child=serializers.ChoiceField(choices=SensitiveCategory.choices),
        required=False,
        help_text="Marks all prompts of the batch with these, besides their own",
    )


class SlotCountsSerializer(serializers.Serializer):
    free = serializers.IntegerField()
    held = serializers.IntegerField()
    done = serializers.IntegerField()
    closed = serializers.IntegerField()


class BatchSerializer(serializers.ModelSerializer[Batch]):
    """A batch with its progress, which the view passes in as context["progress"] (selectors.batches.progress_of)."""

    purpose = serializers.SerializerMethodField()
    tasks = serializers.SerializerMethodField()
    shared_tasks = serializers.SerializerMethodField(help_text="Those that more than one labeler is to judge")
    widened_tasks = serializers.SerializerMethodField(help_text="Those that got more labelers than they began with")
    waits = serializers.SerializerMethodField(
        help_text="What keeps its free slots from being taken; opt-outs stay private"
    )
    slots = serializers.SerializerMethodField()
    judgments = serializers.SerializerMethodField()
    prompts_made = serializers.SerializerMethodField(help_text="Of accepted writing: prompts that came of it")
    pools = serializers.ListField(child=serializers.ChoiceField(choices=Pool.choices))

    class Meta:
        model = Batch
        fields = [
            "id", "project", "name", "number", "kind", "purpose", "part", "status", "overlap", "shared_share",
            "max_overlap", "least_consensus", "pools", "imported", "tasks", "shared_tasks", "widened_tasks", "waits",
            "slots", "judgments", "prompts_made", "created_at", "in_review_at", "decided_at", "frozen_at",
            "withdrawn_at", "withdrawn_reason",
        ]  # fmt: skip
        read_only_fields = fields

    def _progress(self, batch: Batch) -> Progress:
        return self.context["progress"][batch.pk]

    @extend_schema_field(serializers.ChoiceField(choices=TaskPurpose.choices))
    def get_purpose(self, batch: Batch) -> str:
        return self._progress(batch).purpose

    def get_tasks(self, batch: Batch) -> int:
        return self._progress(batch).tasks

    def get_shared_tasks(self, batch: Batch) -> int:
        return self._progress(batch).shared

    def get_widened_tasks(self, batch: Batch) -> int:
        return self._progress(batch).widened

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Wait.choices)))
    def get_waits(self, batch: Batch) -> list[str]:
        return self._progress(batch).waits

    @extend_schema_field(SlotCountsSerializer)
    def get_slots(self, batch: Batch) -> dict[str, int]:
        return self._progress(batch).slots

    def get_judgments(self, batch: Batch) -> int:
        return self._progress(batch).judgments

    def get_prompts_made(self, batch: Batch) -> int:
        return self._progress(batch).prompts_made


class WithdrawalSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=10_000)


class SkippedPromptSerializer(serializers.Serializer):
    prompt = serializers.UUIDField()
    reason = serializers.CharField()


class PublishedBatchSerializer(BatchSerializer):
    """A new batch, with the prompts that were left out and what else should be known, in words."""

    skipped = SkippedPromptSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())

    class Meta(BatchSerializer.Meta):
        fields = [*BatchSerializer.Meta.fields, "skipped", "notes"]
        read_only_fields = fields


class BatchQuerySerializer(serializers.Serializer):
    project = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(choices=BatchStatus.choices, required=False)


class ItemPromptSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    messages = MessageSerializer(many=True)
    split = serializers.ChoiceField(choices=Split.choices)
    use_case = serializers.ChoiceField(choices=UseCase.choices, allow_blank=True)


class ItemBriefSerializer(serializers.ModelSerializer[PromptBrief]):
    """What a writing task asks for, for researchers."""

    source = serializers.CharField(  # type: ignore[assignment]
        source="source.written.text", default=None, allow_null=True, help_text="The text to be made anonymous"
    )

    class Meta:
        model = PromptBrief
        fields = ["sort", "use_case", "language", "about", "pairs", "source"]
        read_only_fields = fields


class ItemWrittenSerializer(serializers.ModelSerializer[WrittenPrompt]):
    """A written prompt, and the prompts of the project that came of it."""

    pairs = PairSerializer(many=True)
    prompts = serializers.SerializerMethodField()

    class Meta:
        model = WrittenPrompt
        fields = ["text", "pairs", "use_case", "language", "personal_data_meant", "prompts"]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_prompts(self, written: WrittenPrompt) -> list[Any]:
        return [example.prompt_id for example in written.judgment.examples.all()]


class ItemCandidateSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    letter = serializers.CharField(help_text="A, B, C... by creation")
    text = serializers.CharField()
    model = serializers.CharField(allow_null=True)


class ItemRatingSerializer(serializers.Serializer):
    candidate = serializers.UUIDField()
    overall = serializers.IntegerField(allow_null=True)
    flags = serializers.DictField(child=serializers.BooleanField())
    note = serializers.CharField()
    scales = serializers.DictField(child=serializers.IntegerField())
    critique = serializers.CharField()
    edit = serializers.CharField(help_text="The output as it should have been; empty where left as it is")
    interpretation = serializers.CharField(help_text="What it says, written before the prompt was shown")
    rank = serializers.IntegerField()
    position = serializers.IntegerField(help_text="Where the labeler saw it, from 0")


class ItemVerdictSerializer(serializers.Serializer):
    decision = serializers.ChoiceField(choices=["accept", "return", "reject", "withdraw"])
    reasons = serializers.CharField()


class ItemJudgmentSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    labeler = serializers.CharField(help_text="The pseudonym")
    pool = serializers.ChoiceField(choices=Pool.choices)
    state = serializers.ChoiceField(choices=AssignmentState.choices)
    revision = serializers.IntegerField()
    active_seconds = serializers.FloatField()
    created_at = serializers.DateTimeField()
    prompt_flags = serializers.DictField(child=serializers.BooleanField())
    prompt_scales = serializers.DictField(child=serializers.IntegerField())
    confidence = serializers.IntegerField(allow_null=True, help_text="1 to 9, from the first shown to the second")
    response = serializers.CharField(allow_null=True)
    written = ItemWrittenSerializer(allow_null=True)
    ranks = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    ratings = ItemRatingSerializer(many=True, allow_null=True)
    verdict = ItemVerdictSerializer(allow_null=True)


class ItemSkipSerializer(serializers.Serializer):
    labeler = serializers.CharField(help_text="The pseudonym")
    reason = serializers.ChoiceField(choices=SkipReason.choices)
    note = serializers.CharField(allow_blank=True)


def judgment_fields(assignment: Assignment, judgment: Judgment, labeler: str) -> dict[str, Any]:
    """One answer as ItemJudgmentSerializer shows it. `labeler` is the pseudonym."""
    compared = getattr(judgment, "comparison", None)
    demonstrated = getattr(judgment, "demonstration", None)
    ratings = list(compared.ratings.all()) if compared else None
    verdict = next((verdict for verdict in judgment.verdicts.all() if verdict.standing), None)
    return {
        "id": judgment.pk,
        "labeler": labeler,
        "pool": judgment.pool,
        "state": assignment.state,
        "revision": judgment.revision,
        "active_seconds": judgment.active_seconds,
        "created_at": judgment.created_at,
        "prompt_flags": judgment.prompt_flags,
        "prompt_scales": judgment.prompt_scales,
        "confidence": compared.confidence if compared else None,
        "response": demonstrated.response if demonstrated else None,
        "written": getattr(judgment, "written", None),
        "ranks": [rating.rank for rating in ratings] if ratings is not None else None,
        "ratings": None
        if ratings is None
        else [
            {
                "candidate": rating.candidate_id,
                "overall": rating.overall,
                "flags": rating.flags,
                "note": rating.note,
                "scales": rating.scales,
                "critique": rating.critique,
                "edit": rating.edit,
                "interpretation": rating.interpretation,
                "rank": rating.rank,
                "position": rating.position,
            }
            for rating in ratings
        ],
        "verdict": {"decision": verdict.decision, "reasons": verdict.reasons} if verdict else None,
    }


class ChosenForSerializer(serializers.Serializer):
    """Why a task's prompt was chosen: the measure with the largest part, its value, and the whole score (0 to 1)."""

    reason = serializers.ChoiceField(choices=REASONS)
    value = serializers.FloatField()
    score = serializers.FloatField()


class ItemSerializer(serializers.ModelSerializer[Task]):
    """A task with all that was judged of it, side by side (selectors.batches.batch_tasks)."""

    task = serializers.UUIDField(source="pk")
    prompt = ItemPromptSerializer(allow_null=True, help_text="None where one is to be written")
    brief = ItemBriefSerializer(allow_null=True, default=None)
    candidates = serializers.SerializerMethodField()
    judgments = serializers.SerializerMethodField()
    skips = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=TaskStatus.choices)
    chosen_for = ChosenForSerializer(allow_null=True, help_text="Null where prompts were taken by their age")

    class Meta:
        model = Task
        fields = [
            "task", "prompt", "brief", "kind", "status", "purpose", "overlap", "consensus", "chosen_for", "candidates",
            "judgments", "skips",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ItemCandidateSerializer(many=True))
    def get_candidates(self, task: Task) -> list[dict[str, Any]]:
        shown = [link.candidate for link in task.shown_candidates]  # type: ignore[attr-defined]
        return [
            {
                "id": str(candidate.pk),
                "letter": chr(ord("A") + number),
                "text": candidate.text,
                "model": candidate.generation.model.name if candidate.generation else None,
            }
            for number, candidate in enumerate(shown)
        ]

    @extend_schema_field(ItemJudgmentSerializer(many=True))
    def get_judgments(self, task: Task) -> list[dict[str, Any]]:
        return [
            ItemJudgmentSerializer(
                judgment_fields(assignment, judgment, self.context["pseudonyms"].get(assignment.labeler_id, ""))
            ).data
            for assignment in task.shown_assignments  # type: ignore[attr-defined]
            if assignment.state != AssignmentState.SKIPPED
            for judgment in assignment.answers
        ]

    @extend_schema_field(ItemSkipSerializer(many=True))
    def get_skips(self, task: Task) -> list[dict[str, str]]:
        return [
            {
                "labeler": self.context["pseudonyms"].get(assignment.labeler_id, ""),
                "reason": assignment.skip_reason,
                "note": assignment.skip_note,
            }
            for assignment in task.shown_assignments  # type: ignore[attr-defined]
            if assignment.state == AssignmentState.SKIPPED
        ]
