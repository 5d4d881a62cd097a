from rest_framework import serializers

from labeling.collection.serializers.home import DaySerializer
from labeling.days import DayField


class SpanSerializer(serializers.Serializer):
    since = DayField(required=False, help_text="The first day; without it eight weeks are answered")
    until = DayField(required=False, help_text="The last day; without it today")


class ProgressWeekSerializer(serializers.Serializer):
    week = serializers.CharField(help_text="ISO 8601, such as 2026-W47")
    monday = serializers.DateField()
    items = serializers.IntegerField()
    active_seconds = serializers.FloatField()


class ProgressSerializer(serializers.Serializer):
    """Own work in one project, by day and week of its time zone."""

    time_zone = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField()
    items = serializers.IntegerField()
    active_seconds = serializers.FloatField()
    days = DaySerializer(many=True)
    weeks = ProgressWeekSerializer(many=True)


class LabelerHoursSerializer(serializers.Serializer):
    member = serializers.UUIDField()
    username = serializers.CharField()
    items = serializers.IntegerField()
    active_seconds = serializers.FloatField()


class HoursSerializer(serializers.Serializer):
    """What each member of a project did between two days."""

    time_zone = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField()
    items = serializers.IntegerField()
    active_seconds = serializers.FloatField()
    labelers = LabelerHoursSerializer(many=True)
