from rest_framework import serializers

from labeling.review.agreement_serializers import EstimateSerializer, SampledSerializer
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


class ExploreSerializer(SampledSerializer):
    view = serializers.CharField()
    tables = ExploreTableSerializer(many=True)
