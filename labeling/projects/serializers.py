import zoneinfo
from typing import Any

from rest_framework import serializers

from labeling.accounts.models import Role
from labeling.projects.models import Guideline, Membership, Pool, Project, Rubric, TaskKind
from labeling.projects.rubric import ASKS


class MixSerializer(serializers.Serializer):
    """What each kind of task weighs in the mix; one without a weight comes when nothing else is left."""

    demonstration = serializers.IntegerField(min_value=0, max_value=100, required=False)
    comparison = serializers.IntegerField(min_value=0, max_value=100, required=False)
    prompt = serializers.IntegerField(min_value=0, max_value=100, required=False)

    def to_internal_value(self, data: Any) -> dict[str, int]:
        if isinstance(data, dict) and (unknown := set(data) - set(TaskKind.values)):
            raise serializers.ValidationError({kind: ["No such kind of task."] for kind in sorted(unknown)})
        return {kind: weight for kind, weight in super().to_internal_value(data).items() if weight}


class ProjectSerializer(serializers.ModelSerializer[Project]):
    mix = MixSerializer(required=False)
    my_pool = serializers.ChoiceField(choices=Pool.choices, read_only=True, allow_null=True, default=None)
    k = serializers.IntegerField(min_value=2, max_value=9, default=4)
    overlap = serializers.IntegerField(min_value=1, max_value=100, default=1)
    lease_seconds = serializers.IntegerField(min_value=30, max_value=86400, default=900)
    undo_seconds = serializers.IntegerField(min_value=0, max_value=3600, default=60)
    name = serializers.CharField(max_length=120)  # uniqueness is the database's word, told by the service

    class Meta:
        model = Project
        fields = [
            "id", "name", "purpose", "k", "overlap", "mix", "time_zone", "lease_seconds", "undo_seconds",
            "show_agreement", "require_acknowledgement", "paused", "created_at", "my_pool",
        ]  # fmt: skip
        read_only_fields = ["id", "created_at"]

    def validate_time_zone(self, value: str) -> str:
        if value not in zoneinfo.available_timezones():
            raise serializers.ValidationError(f"'{value}' is no time zone. Use a name such as Europe/Berlin.")
        return value

    def validate(self, attrs: dict) -> dict:
        if self.instance is not None and attrs.get("purpose", self.instance.purpose) != self.instance.purpose:
            raise serializers.ValidationError({"purpose": "A project's purpose stays as it was made."})
        return attrs


class ChecksSerializer(serializers.ModelSerializer[Project]):
    """Gates and checks of a project. Not in ProjectSerializer, which labelers read: rates would tell too much."""

    gold_every = serializers.IntegerField(min_value=0, max_value=1000, default=0)
    constant_every = serializers.IntegerField(min_value=0, max_value=1000, default=0)
    constant_days = serializers.IntegerField(min_value=1, max_value=365, default=7)
    cutoff_flagging = serializers.FloatField(min_value=0, max_value=1, default=0.75)
    cutoff_ranking = serializers.FloatField(min_value=0, max_value=1, default=0.75)
    cutoff_demonstrations = serializers.FloatField(min_value=1, max_value=7, default=6)

    class Meta:
        model = Project
        fields = [
            "require_screening", "require_calibration", "gold_every", "constant_every", "constant_days",
            "cutoff_flagging", "cutoff_ranking", "cutoff_demonstrations", "sensitive_flags",
        ]  # fmt: skip


class MemberSerializer(serializers.ModelSerializer[Membership]):
    user = serializers.UUIDField(source="user_id", read_only=True)
    username = serializers.CharField(source="user.username", read_only=True)
    role = serializers.ChoiceField(choices=Role.choices, source="user.role", read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "user", "username", "role", "pool", "qualified", "pseudonym", "created_at"]
        read_only_fields = ["id", "pseudonym", "created_at"]


class NewMemberSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    pool = serializers.ChoiceField(choices=Pool.choices)
    qualified = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="By default by the project's screening"
    )


class MemberChangeSerializer(serializers.Serializer):
    pool = serializers.ChoiceField(choices=Pool.choices, required=False)
    qualified = serializers.BooleanField(required=False)


class GuidelineExampleSerializer(serializers.Serializer):
    """An answer to a prompt, good or not, and why."""

    prompt = serializers.CharField(max_length=20_000)
    answer = serializers.CharField(max_length=20_000)
    good = serializers.BooleanField()
    reason = serializers.CharField(max_length=5_000)


class GuidelineSerializer(serializers.ModelSerializer[Guideline]):
    acknowledged = serializers.BooleanField(read_only=True)
    examples = GuidelineExampleSerializer(many=True)

    class Meta:
        model = Guideline
        fields = ["id", "kind", "version", "text", "examples", "created_at", "acknowledged"]
        read_only_fields = fields


class NewGuidelineSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    text = serializers.CharField(trim_whitespace=False)
    examples = serializers.ListField(
        child=GuidelineExampleSerializer(),
        required=False,
        default=list,
        max_length=30,
        help_text="Worked examples; those of the version before are not taken over by themselves",
    )


class FlagSerializer(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the rubric's word, and DRF's
    help = serializers.CharField(required=False, allow_blank=True)


class ScaleSerializer(FlagSerializer):
    min = serializers.IntegerField()
    max = serializers.IntegerField()
    labels = serializers.DictField(
        child=serializers.CharField(allow_blank=True), required=False, help_text="Words for some points"
    )


class RubricContentSerializer(serializers.Serializer):
    """What is left out is not asked, but for `overall`, which is."""

    output_flags = FlagSerializer(many=True)
    prompt_flags = FlagSerializer(many=True)
    output_scales = ScaleSerializer(many=True, required=False)
    prompt_scales = ScaleSerializer(many=True, required=False)
    overall = serializers.BooleanField(required=False, help_text="Whether each output is rated from 1 to 7")
    asks = serializers.ListField(child=serializers.ChoiceField(choices=ASKS), required=False)


class RubricSerializer(serializers.ModelSerializer[Rubric]):
    content = RubricContentSerializer()

    class Meta:
        model = Rubric
        fields = ["id", "version", "content", "created_at"]
        read_only_fields = ["id", "version", "created_at"]


class RubricTemplateSerializer(serializers.Serializer):
    name = serializers.CharField()
    content = RubricContentSerializer()


class NewRubricSerializer(serializers.Serializer):
    content = RubricContentSerializer()


class NewInvitationRequestSerializer(serializers.Serializer):
    role = serializers.ChoiceField(choices=Role.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    project = serializers.UUIDField(required=False, allow_null=True, default=None)
    pool = serializers.ChoiceField(choices=Pool.choices, required=False, allow_blank=True, default="")
