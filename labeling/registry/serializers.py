from rest_framework import serializers

from labeling.registry.models import ModelKind, ModelParent, ModelStatus, ModelVersion


class ModelParentSerializer(serializers.ModelSerializer[ModelParent]):
    id = serializers.UUIDField(source="parent_id", read_only=True)
    name = serializers.CharField(source="parent.name", read_only=True)

    class Meta:
        model = ModelParent
        fields = ["id", "name", "role"]
        read_only_fields = fields


class ModelSerializer(serializers.ModelSerializer[ModelVersion]):
    """`run` is the run that made it; null for a model that was brought in."""

    run = serializers.UUIDField(source="run_id", read_only=True, allow_null=True)
    project = serializers.UUIDField(source="project_id", read_only=True, allow_null=True)
    parents = ModelParentSerializer(source="parent_links", many=True, read_only=True)

    class Meta:
        model = ModelVersion
        fields = [
            "id", "name", "kind", "status", "project", "sha256", "bytes", "parameters", "run", "created_at", "parents",
        ]  # fmt: skip
        read_only_fields = fields


class ModelDetailSerializer(ModelSerializer):
    class Meta(ModelSerializer.Meta):
        fields = [*ModelSerializer.Meta.fields, "card"]
        read_only_fields = fields


class NewModelSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=160)
    path = serializers.CharField(max_length=1000, help_text="A folder on the server, under an allowed root")
    kind = serializers.ChoiceField(choices=[ModelKind.POLICY, ModelKind.REWARD])


class ModelChangeSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=160, required=False)
    status = serializers.ChoiceField(choices=ModelStatus.choices, required=False)
