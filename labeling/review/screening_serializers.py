from rest_framework import serializers

from labeling.collection.models import ScreeningPart
from labeling.collection.selectors.stages import Stage
from labeling.collection.serializers.assignments import MessageSerializer


class PartProgressSerializer(serializers.Serializer):
    part = serializers.ChoiceField(choices=ScreeningPart.choices)
    done = serializers.IntegerField()
    skipped = serializers.IntegerField()
    total = serializers.IntegerField()


class TopicsSerializer(serializers.Serializer):
    topics = serializers.CharField(max_length=10_000, help_text="On which one is comfortable telling sensitive speech")
    groups = serializers.CharField(max_length=10_000, allow_blank=True, default="")


class ShareScoreSerializer(serializers.Serializer):
    value = serializers.FloatField(allow_null=True)
    agree = serializers.IntegerField()
    n = serializers.IntegerField()
    cutoff = serializers.FloatField()


class MeanScoreSerializer(serializers.Serializer):
    value = serializers.FloatField(allow_null=True, help_text="1 to 7")
    n = serializers.IntegerField(help_text="Demonstrations with a rating")
    of = serializers.IntegerField(help_text="Demonstrations written")
    cutoff = serializers.FloatField()


class ScoresSerializer(serializers.Serializer):
    flagging = ShareScoreSerializer()
    ranking = ShareScoreSerializer()
    demonstrations = MeanScoreSerializer()


class ScreeningDecisionSerializer(serializers.Serializer):
    qualified = serializers.BooleanField()
    reason = serializers.CharField()
    scores = ScoresSerializer()
    created_at = serializers.DateTimeField()


class OwnScreeningSerializer(serializers.Serializer):
    """How far one's own screening is (screening.own_screening)."""

    stage = serializers.ChoiceField(choices=Stage.choices, allow_null=True)
    parts = PartProgressSerializer(many=True)
    topics = TopicsSerializer(allow_null=True)
    complete = serializers.BooleanField()
    decision = ScreeningDecisionSerializer(allow_null=True)


class ScreeningResultSerializer(serializers.Serializer):
    """One screening under its random code (screening.Result); no name before the decision."""

    id = serializers.UUIDField(source="screening.pk")
    parts = PartProgressSerializer(many=True)
    topics = serializers.CharField(source="screening.topics")
    groups = serializers.CharField(source="screening.groups")
    complete = serializers.BooleanField()
    unrated = serializers.IntegerField(help_text="Demonstrations that nobody rated yet")
    scores = ScoresSerializer()
    decision = ScreeningDecisionSerializer(allow_null=True)
    username = serializers.CharField(allow_null=True)


class DemonstrationToRateSerializer(serializers.Serializer):
    judgment = serializers.UUIDField(source="pk")
    messages = MessageSerializer(many=True, source="assignment.task.prompt.messages")
    response = serializers.CharField(source="demonstration.response")


class DemonstrationsToRateSerializer(serializers.Serializer):
    results = DemonstrationToRateSerializer(many=True)


class ScreeningRatingSerializer(serializers.Serializer):
    value = serializers.IntegerField(min_value=1, max_value=7)


class DecideSerializer(serializers.Serializer):
    qualified = serializers.BooleanField()
    reason = serializers.CharField(max_length=10_000, allow_blank=True)
