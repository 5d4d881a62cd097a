"""A recipe's shape, and what comes of one before it is frozen."""

from typing import Any

from rest_framework import serializers

from labeling.collection.models import Split, UseCase
from labeling.datasets.models import Freeze, FreezeStatus, SnapshotKind
from labeling.datasets.recipe import NONE, VERSION, Aggregation, GroupBy, Weights
from labeling.days import DayField
from labeling.projects.models import Pool
from labeling.review.agreement_serializers import EstimateSerializer

MOST_NAMES = 10_000


def _names(help_text: str = "", **options: Any) -> serializers.ListField:
    child = serializers.CharField(max_length=200)
    return serializers.ListField(
        child=child, required=False, max_length=MOST_NAMES, help_text=help_text or None, **options
    )


def _choices(choices: list[tuple[str, Any]], help_text: str = "") -> serializers.ListField:
    return serializers.ListField(
        child=serializers.ChoiceField(choices=choices), required=False, max_length=100, help_text=help_text or None
    )


class RecipeSerializer(serializers.Serializer):
    """Everything may be left out; an empty list lets everything in. What a recipe does not know is refused."""

    version = serializers.IntegerField(required=False, min_value=VERSION, max_value=VERSION)
    within = serializers.UUIDField(
        required=False, allow_null=True, help_text="Only the judgments that this snapshot stands on"
    )
    labelers = _names("Only these, by pseudonym")
    without_labelers = _names("All but these")
    pools = _choices(Pool.choices, "By default the training pool alone")
    splits = _choices(Split.choices)
    use_cases = _choices([*UseCase.choices, (NONE, "None")])
    languages = _names("BCP 47, or none")
    sources = _names()
    batches = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MOST_NAMES)
    guidelines = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=1000, help_text="Version numbers"
    )
    since = DayField(required=False, allow_null=True, help_text="First day, in the project's time zone")
    until = DayField(required=False, allow_null=True, help_text="Last day")
    least_judgments = serializers.IntegerField(required=False, min_value=1, max_value=100)
    least_agreement = serializers.FloatField(
        required=False, min_value=0, max_value=1, help_text="Consensus of an item's labelers"
    )
    aggregation = serializers.ChoiceField(choices=Aggregation.choices, required=False)
    weights = serializers.ChoiceField(choices=Weights.choices, required=False)
    group_by = serializers.ChoiceField(choices=GroupBy.choices, required=False, allow_blank=True)
    groups = serializers.DictField(
        child=_names(), required=False, help_text="Of group_by named: the labelers of each, by its name"
    )

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what is misspelled: a filter that is not known would let in what was meant to stay out."""
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({name: ["No recipe has this."] for name in unknown})
        return super().to_internal_value(data)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """What was stored, and no more."""
        return {name: value for name, value in super().to_representation(instance).items() if value is not None}


class WantedSnapshotSerializer(serializers.Serializer):
    project = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=SnapshotKind.choices)
    recipe = RecipeSerializer(required=False)


class RecipeOptionSerializer(serializers.Serializer):
    value = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField(help_text="Judgments; of prompts, prompts")
    pool = serializers.ChoiceField(choices=Pool.choices, required=False)


class RecipeOptionsSerializer(serializers.Serializer):
    """What there is to choose from, by field of the recipe."""

    labelers = RecipeOptionSerializer(many=True)
    pools = RecipeOptionSerializer(many=True)
    splits = RecipeOptionSerializer(many=True)
    use_cases = RecipeOptionSerializer(many=True)
    languages = RecipeOptionSerializer(many=True)
    sources = RecipeOptionSerializer(many=True)
    batches = RecipeOptionSerializer(many=True)
    guidelines = RecipeOptionSerializer(many=True)


class SnapshotPreviewSerializer(serializers.Serializer):
    records = serializers.IntegerField()
    judgments = serializers.IntegerField()
    prompts = serializers.IntegerField()
    by_split = serializers.DictField(child=serializers.IntegerField())
    by_use_case = serializers.DictField(child=serializers.IntegerField())
    by_labeler = serializers.DictField(child=serializers.IntegerField(), help_text="Judgments, by pseudonym")
    by_group = serializers.DictField(child=serializers.IntegerField(), help_text="Records; empty without groups")
    left_out = serializers.DictField(child=serializers.IntegerField(), help_text="By reason")
    agreement = EstimateSerializer(allow_null=True, help_text="Pairwise, of what enters; null where none is")
    weights = serializers.DictField(child=serializers.FloatField(), help_text="By pseudonym, where they are known")
    read_share = serializers.FloatField(
        help_text="Below 1 the counts are estimates from this share of the prompts, chosen at random"
    )
    recipe = RecipeSerializer(help_text="As it will be kept: what differs from the default")


class FreezeSerializer(serializers.ModelSerializer[Freeze]):
    project = serializers.UUIDField(source="project_id", read_only=True)
    snapshot = serializers.UUIDField(source="snapshot_id", read_only=True, allow_null=True)
    status = serializers.ChoiceField(choices=FreezeStatus.choices, read_only=True)
    error = serializers.DictField(child=serializers.CharField(), read_only=True, allow_null=True)
    recipe = RecipeSerializer(read_only=True)
    waits = serializers.BooleanField(read_only=True, help_text="Queued for long: no worker takes it")

    class Meta:
        model = Freeze
        fields = [
            "id", "project", "kind", "name", "recipe", "status", "read", "expected", "error", "snapshot", "waits",
            "created_at",
        ]  # fmt: skip
        read_only_fields = fields
