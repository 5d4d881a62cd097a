from rest_framework import serializers

from labeling.review.models import Decision, Verdict


class NoteSerializer(serializers.Serializer):
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=10_000)


class ReturnSerializer(serializers.Serializer):
    reasons = serializers.CharField(max_length=10_000)
    judgments = serializers.ListField(
        child=serializers.UUIDField(), required=False, allow_null=True, default=None, max_length=10_000
    )


class VerdictRequestSerializer(serializers.Serializer):
    decision = serializers.ChoiceField(choices=[Decision.ACCEPT, Decision.RETURN, Decision.REJECT])
    reasons = serializers.CharField(required=False, allow_blank=True, default="", max_length=10_000)


class VerdictSerializer(serializers.ModelSerializer[Verdict]):
    class Meta:
        model = Verdict
        fields = ["id", "judgment", "batch", "decision", "reasons", "created_at"]
        read_only_fields = fields


class EstimateSerializer(serializers.Serializer):
    """A statistic with its 95 % interval and what it rests on; or a null value, and why."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, required=False)
    high = serializers.FloatField(allow_null=True, required=False)
    n = serializers.IntegerField(required=False, help_text="Pairs of labelers, summed over units")
    agree = serializers.IntegerField(required=False)
    why = serializers.CharField(required=False)


class PublishedSerializer(serializers.Serializer):
    value = serializers.FloatField()
    error = serializers.FloatField()


class PaperSerializer(serializers.Serializer):
    training = PublishedSerializer()
    held_out = PublishedSerializer()


class AgreementSerializer(serializers.Serializer):
    units = serializers.IntegerField(help_text="Pairs of candidates judged by two labelers or more")
    labelers = serializers.IntegerField()
    judgments = serializers.IntegerField(help_text="Of units")
    pairwise = EstimateSerializer()
    pairwise_decided = EstimateSerializer()
    alpha_nominal = EstimateSerializer()
    alpha_ordinal = EstimateSerializer()
    fleiss_kappa = EstimateSerializer()
    paper = PaperSerializer()


class ItemShareSerializer(serializers.Serializer):
    """A share of pairs of outputs with its 95 % interval; nulls where nothing was answered."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(help_text="Pairs of outputs")
    items = serializers.IntegerField(help_text="Answered items; the interval counts these")


class WeekShareSerializer(ItemShareSerializer):
    week = serializers.DateField(help_text="Its Monday, in the project's time zone")


class CheckedLabelerSerializer(serializers.Serializer):
    labeler = serializers.CharField(help_text="Pseudonym")
    gold = ItemShareSerializer(help_text="With the newest keys")
    constant = ItemShareSerializer(help_text="Of later answers with their own first one")
    weeks = WeekShareSerializer(many=True, help_text="The same by the week of the later answer")


class CheckReportSerializer(serializers.Serializer):
    labelers = CheckedLabelerSerializer(many=True)
