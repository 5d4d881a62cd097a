from rest_framework import serializers

from labeling.datasets.models import Snapshot
from labeling.datasets.recipe_serializers import RecipeSerializer, WantedSnapshotSerializer


class SnapshotCountsSerializer(serializers.Serializer):
    records = serializers.IntegerField()
    prompts = serializers.IntegerField()
    by_split = serializers.DictField(child=serializers.IntegerField())
    by_use_case = serializers.DictField(child=serializers.IntegerField())
    by_labeler = serializers.DictField(child=serializers.IntegerField(), help_text="Judgments, by pseudonym")
    by_group = serializers.DictField(child=serializers.IntegerField(), required=False)
    weights = serializers.DictField(child=serializers.FloatField(), required=False, help_text="By pseudonym")
    left_out = serializers.DictField(child=serializers.IntegerField(), help_text="By reason")


class SnapshotSerializer(serializers.ModelSerializer[Snapshot]):
    counts = SnapshotCountsSerializer(read_only=True)
    created_by = serializers.CharField(source="created_by.username", default=None, read_only=True, allow_null=True)
    project = serializers.UUIDField(source="project_id", read_only=True)
    recipe = RecipeSerializer(read_only=True)

    class Meta:
        model = Snapshot
        fields = [
            "id", "project", "kind", "name", "sha256", "bytes", "counts", "recipe", "created_at", "created_by",
            "marked_at", "purged_at",
        ]  # fmt: skip
        read_only_fields = fields


class NewSnapshotSerializer(WantedSnapshotSerializer):
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class SnapshotRecordSerializer(serializers.Serializer):
    line = serializers.IntegerField()
    record = serializers.JSONField(help_text="As in the file")


class SnapshotRecordsSerializer(serializers.Serializer):
    results = SnapshotRecordSerializer(many=True)
    next = serializers.CharField(allow_null=True)
