from rest_framework import serializers

from labeling.review.agreement_serializers import EstimateSerializer
from labeling.review.explore.tables import VIEWS


class ViewChoiceSerializer(serializers.Serializer):
    view = serializers.ChoiceField(choices=VIEWS)


class ExploreRowSerializer(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField(help_text="People by pseudonym, bins by their bounds")  # type: ignore[assignment]
    estimates = serializers.DictField(child=EstimateSerializer())
    items = serializers.DictField(child=serializers.CharField(), help_text="Filters of the items behind the row")
    outside = serializers.BooleanField(help_text="Of a control chart: beyond its limits")


class ExploreTableSerializer(serializers.Serializer):
    name = serializers.CharField()
    rows = ExploreRowSerializer(many=True)


class ExploreSerializer(serializers.Serializer):
    view = serializers.CharField()
    tables = ExploreTableSerializer(many=True)
    rankings = serializers.IntegerField(help_text="Rankings that this rests on, where it reads any")
    rankings_of = serializers.IntegerField(help_text="About how many there are, where prompts were sampled")
    counting = serializers.IntegerField(help_text="Prompts, or items, whose last changes are not in it yet")
    as_of = serializers.DateTimeField(
        allow_null=True, help_text="The time of an answer that newer judgments are not in yet; null where it has all"
    )
