"""Asking for prompts, and what a project lacks."""

from rest_framework import serializers

from labeling.collection.cleaning.fields import checked_language
from labeling.collection.cleaning.uploads import RefusedError
from labeling.collection.models import UseCase, WritingSort
from labeling.collection.services.publish_batch import MAX_TASKS
from labeling.collection.services.publish_writing import ANY
from labeling.collection.writing.check import MOST_PAIRS
from labeling.projects.models import Pool


class NeedsQuerySerializer(serializers.Serializer):
    count = serializers.IntegerField(
        min_value=0, max_value=10_000, default=0, help_text="New prompts that are to be divided"
    )


class NeedSerializer(serializers.Serializer):
    use_case = serializers.ChoiceField(choices=UseCase.choices)
    have = serializers.IntegerField()
    asked = serializers.IntegerField(help_text="Being written, or waiting to be made anonymous")
    paper_percent = serializers.FloatField(help_text="Of the paper's Table 1")
    proposed = serializers.IntegerField(help_text="Of the new prompts")


class NeedsSerializer(serializers.Serializer):
    """A project's prompts beside the paper's (selectors.writing.project_needs)."""

    total = serializers.IntegerField()
    use_cases = NeedSerializer(many=True)
    sources_waiting = serializers.IntegerField(help_text="User-based prompts to be made anonymous")


class NewWritingSerializer(serializers.Serializer):
    submission_id = serializers.UUIDField(
        required=False, help_text="Made by the client: the same body sent again answers with the batch that came of it"
    )
    sort = serializers.ChoiceField(choices=WritingSort.choices)
    use_cases = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=MAX_TASKS),
        required=False,
        help_text=f'How many of each; "{ANY}" where the labeler chooses',
    )
    lacking = serializers.IntegerField(
        min_value=1, max_value=10_000, required=False, help_text="So many, divided by what the project lacks"
    )
    limit = serializers.IntegerField(
        min_value=1, max_value=MAX_TASKS, required=False, allow_null=True, help_text="Of prompts to be made anonymous"
    )
    language = serializers.CharField(max_length=35, required=False, allow_blank=True, help_text="BCP 47")
    about = serializers.CharField(
        max_length=5000, required=False, allow_blank=True, help_text="A topic, or what the user wants to do"
    )
    pairs = serializers.IntegerField(min_value=2, max_value=MOST_PAIRS, required=False, help_text="Of few-shot")
    overlap = serializers.IntegerField(min_value=1, max_value=100, required=False)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    pools = serializers.ListField(
        child=serializers.ChoiceField(choices=Pool.choices), required=False, allow_empty=False
    )

    def validate_use_cases(self, value: dict[str, int]) -> dict[str, int]:
        unknown = sorted(set(value) - {*UseCase.values, ANY})
        if unknown:
            raise serializers.ValidationError(f"There is no use case {', '.join(unknown)}.")
        return value

    def validate_language(self, value: str) -> str:
        try:
            return checked_language(value)
        except RefusedError as error:
            raise serializers.ValidationError(str(error)) from error
