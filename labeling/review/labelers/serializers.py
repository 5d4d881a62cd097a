from rest_framework import serializers

from labeling.projects.models import Pool
from labeling.review.agreement_serializers import CountedSerializer, EstimateSerializer, SampledSerializer
from labeling.review.serializers import ItemShareSerializer


class LevelSerializer(serializers.Serializer):
    level = serializers.IntegerField()
    value = serializers.FloatField(help_text="Of the others, the share expected to agree")
    n = serializers.IntegerField()


class ThresholdSerializer(serializers.Serializer):
    value = serializers.IntegerField(allow_null=True, help_text="Steps of sureness from which 80 % agree")
    low = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True, help_text="Null: beyond the highest step")
    n = serializers.IntegerField()
    why = serializers.CharField(required=False)
    curve = LevelSerializer(many=True)


class AdviceReasonSerializer(serializers.Serializer):
    code = serializers.CharField()
    value = serializers.FloatField()
    limit = serializers.FloatField()


class AdviceSerializer(serializers.Serializer):
    what = serializers.ChoiceField(choices=["stop", "retrain", "more", "none"])
    reasons = AdviceReasonSerializer(many=True)


class LabelerSerializer(serializers.Serializer):
    labeler = serializers.CharField(help_text="Pseudonym")
    pool = serializers.ChoiceField(choices=Pool.choices)
    agreement = EstimateSerializer(help_text="With all others, ties left out")
    researchers = EstimateSerializer(help_text="The same with the researchers only")
    accuracy = EstimateSerializer()
    worth = EstimateSerializer()
    weight = EstimateSerializer(help_text="In rankings: 1 is the average labeler, 0 an answer without looking")
    tie_bias = EstimateSerializer()
    first_bias = EstimateSerializer()
    gold = ItemShareSerializer()
    constant = ItemShareSerializer()
    threshold = ThresholdSerializer()
    advice = AdviceSerializer()


class LabelersSerializer(SampledSerializer):
    sureness = serializers.ChoiceField(choices=["confidence", "ratings"], help_text="What steps of sureness are of")
    rows = LabelerSerializer(many=True)


class JudgeSerializer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField(allow_blank=True, help_text="Of a model")
    kind = serializers.ChoiceField(choices=["people", "model"])
    pairwise = EstimateSerializer(allow_null=True)
    pairwise_decided = EstimateSerializer()


class JudgesSerializer(CountedSerializer):
    ceiling = EstimateSerializer(
        help_text="One labeler with most of the others: from below, what a perfect judge reaches"
    )
    ceiling_decided = EstimateSerializer(help_text="The same without ties")
    rows = JudgeSerializer(many=True)
