"""What a researcher is shown of a batch before it is published."""

from rest_framework import serializers

from labeling.collection.serializers.assignments import AssignmentSerializer, MessageSerializer
from labeling.collection.serializers.batches import SkippedPromptSerializer


class PreviewPageSerializer(serializers.Serializer):
    assignment = AssignmentSerializer(source="page", help_text="Just what `next` would answer to a labeler")
    messages = MessageSerializer(
        many=True, allow_null=True, help_text="The prompt, also where labelers see it only later"
    )


class PreviewSerializer(serializers.Serializer):
    """selectors.preview.Preview."""

    tasks = serializers.IntegerField(help_text="So many would be published")
    pages = PreviewPageSerializer(many=True, help_text="Of the first few tasks")
    skipped = SkippedPromptSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())
