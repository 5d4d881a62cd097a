from rest_framework import serializers

from labeling.review.agreement_tables import TABLES


class EstimateSerializer(serializers.Serializer):
    """A statistic with its 95 % interval and what it rests on; or a null value, and why."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, required=False)
    high = serializers.FloatField(allow_null=True, required=False)
    n = serializers.IntegerField(required=False, help_text="Pairs of labelers, summed over units")
    agree = serializers.IntegerField(required=False)
    labelers = serializers.IntegerField(required=False, help_text="Of ICC(2,.) and ICC(3,.): who rated all its outputs")
    why = serializers.CharField(required=False)


class CountedSerializer(serializers.Serializer):
    """Of an answer made of counts that are kept: what it has not yet."""

    counting = serializers.IntegerField(help_text="Prompts, or items, whose last changes are still being counted")
    as_of = serializers.DateTimeField(
        allow_null=True, help_text="The time of an answer that newer judgments are not in yet; null where it has all"
    )


class SampledSerializer(CountedSerializer):
    """Of an answer made of rankings: how many it read."""

    rankings = serializers.IntegerField(help_text="Rankings that this rests on, where it reads any")
    rankings_of = serializers.IntegerField(help_text="About how many there are, where prompts were sampled")


class PublishedSerializer(serializers.Serializer):
    value = serializers.FloatField()
    error = serializers.FloatField()


class PaperSerializer(serializers.Serializer):
    training = PublishedSerializer()
    held_out = PublishedSerializer()
    researcher = PublishedSerializer()


class AgreementSerializer(SampledSerializer):
    units = serializers.IntegerField(help_text="Pairs of candidates judged by two labelers or more")
    labelers = serializers.IntegerField()
    judgments = serializers.IntegerField(help_text="Of units")
    pairwise = EstimateSerializer()
    pairwise_decided = EstimateSerializer()
    alpha_nominal = EstimateSerializer()
    alpha_ordinal = EstimateSerializer()
    fleiss_kappa = EstimateSerializer()
    gwet_ac1 = EstimateSerializer()
    gwet_ac2 = EstimateSerializer()
    kendall_tau_b = EstimateSerializer()
    kendall_w = EstimateSerializer()
    paper = PaperSerializer()


class TableChoiceSerializer(serializers.Serializer):
    by = serializers.ChoiceField(choices=TABLES)


class AgreementRowSerializer(serializers.Serializer):
    key = serializers.CharField()
    labels = serializers.ListField(child=serializers.CharField(), help_text="People by pseudonym")
    estimates = serializers.DictField(child=EstimateSerializer())


class AgreementTableSerializer(SampledSerializer):
    by = serializers.CharField()
    rows = AgreementRowSerializer(many=True)
