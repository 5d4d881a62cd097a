from rest_framework import serializers

from labeling.collection.selectors.stages import Stage
from labeling.collection.serializers.assignments import AssignmentBriefSerializer
from labeling.collection.serializers.questions import QuestionLineSerializer
from labeling.projects.models import Purpose, TaskKind


class WaitingSerializer(serializers.Serializer):
    demonstration = serializers.IntegerField()
    comparison = serializers.IntegerField()
    prompt = serializers.IntegerField()


class HomeProjectSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    paused = serializers.BooleanField()
    mix = serializers.BooleanField(help_text="Whether `next` without a kind gives a mix of kinds")
    stage = serializers.ChoiceField(
        choices=Stage.choices, allow_null=True, help_text="What one is given now; null: nothing, or not a member"
    )
    waiting = WaitingSerializer(help_text="New tasks by kind, counted to a bound")
    in_progress = AssignmentBriefSerializer(allow_null=True)
    returned = serializers.IntegerField()
    given = serializers.IntegerField(help_text="Tasks that a researcher took from somebody else for this person")
    guidelines_to_acknowledge = serializers.ListField(
        child=serializers.ChoiceField(choices=TaskKind.choices),
        help_text="Kinds of task whose newest guideline this person has not acknowledged",
    )


class DaySerializer(serializers.Serializer):
    day = serializers.DateField()
    items = serializers.IntegerField()
    active_seconds = serializers.FloatField()


class WeekSerializer(serializers.Serializer):
    items = serializers.IntegerField()
    active_seconds = serializers.FloatField()
    by_day = DaySerializer(many=True)


class HomeSerializer(serializers.Serializer):
    projects = HomeProjectSerializer(many=True)
    answered = QuestionLineSerializer(many=True, help_text="Own questions with an answer that was not looked at yet")
    week = WeekSerializer()
