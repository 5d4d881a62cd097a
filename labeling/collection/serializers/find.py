"""What finding answers."""

from rest_framework import serializers

from labeling.collection.models import Batch, BatchStatus


class FindQuerySerializer(serializers.Serializer):
    q = serializers.CharField(max_length=400, help_text="An id, its first 8 characters or more, or words")
    cursor = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class PieceSerializer(serializers.Serializer):
    text = serializers.CharField()
    match = serializers.BooleanField()


class FoundBatchSerializer(serializers.ModelSerializer[Batch]):
    status = serializers.ChoiceField(choices=BatchStatus.choices)

    class Meta:
        model = Batch
        fields = ["id", "name", "status"]
        read_only_fields = fields


class HitSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["batch", "prompt", "candidate", "task", "assignment", "judgment"])
    id = serializers.UUIDField()
    excerpt = PieceSerializer(many=True)
    state = serializers.CharField(help_text="Its own: a batch's or task's status, an assignment's state; may be empty")
    prompt = serializers.UUIDField(allow_null=True)
    batch = FoundBatchSerializer(allow_null=True)
    item = serializers.IntegerField(allow_null=True, help_text="Its number in the batch, from 1")


class HitListSerializer(serializers.Serializer):
    results = HitSerializer(many=True)
    next = serializers.CharField(allow_null=True)
