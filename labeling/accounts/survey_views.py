"""The voluntary surveys. Answering needs a session and leaves no trace of whose it was."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.accounts.survey_answers import store_answers, survey_results
from labeling.accounts.surveys import BLOCK, QUESTIONS, SMALLEST_CELL, Survey
from labeling.permissions import IsLabeler, IsResearcher


class SurveyQuestionSerializer(serializers.Serializer):
    key = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())
    several = serializers.BooleanField()


class SurveySerializer(serializers.Serializer):
    survey = serializers.ChoiceField(choices=Survey.choices)
    questions = SurveyQuestionSerializer(many=True)


class SurveyAnswersSerializer(serializers.Serializer):
    submission_id = serializers.UUIDField(help_text="Made by the client, so that a second sending stores nothing")
    answers = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=40), max_length=50),
        help_text="Choices by question; questions may be left out",
    )


class ChoiceCountSerializer(serializers.Serializer):
    choice = serializers.CharField()
    count = serializers.IntegerField(allow_null=True, help_text="Null: too few to be told")


class QuestionResultSerializer(serializers.Serializer):
    key = serializers.CharField()
    several = serializers.BooleanField()
    answers = serializers.IntegerField(allow_null=True, help_text="Null: fewer than ten")
    counts = ChoiceCountSerializer(many=True)


class SurveyResultsSerializer(serializers.Serializer):
    survey = serializers.ChoiceField(choices=Survey.choices)
    block = serializers.IntegerField(help_text="Answers become visible so many at a time")
    smallest = serializers.IntegerField(help_text="Smaller numbers are not told")
    questions = QuestionResultSerializer(many=True)


def _known(survey: str) -> str:
    if survey not in Survey.values:
        raise Http404
    return survey


SURVEY = OpenApiParameter("survey", OpenApiTypes.STR, OpenApiParameter.PATH, enum=Survey.values)


class SurveyView(APIView):
    def get_permissions(self) -> Sequence[Any]:
        return [IsLabeler()] if self.request.method == "POST" else super().get_permissions()

    @extend_schema(parameters=[SURVEY], responses=SurveySerializer)
    def get(self, request: Request, survey: str) -> Response:
        """The questions and the choices of each."""
        return Response(SurveySerializer({"survey": _known(survey), "questions": QUESTIONS[survey]}).data)

    @extend_schema(parameters=[SURVEY], request=SurveyAnswersSerializer, responses={204: None})
    def post(self, request: Request, survey: str) -> Response:
        """Answer, under no name. What was sent cannot be looked at, changed or taken back: it cannot be found again."""
        sent = SurveyAnswersSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted: dict[str, Any] = sent.validated_data
        store_answers(survey=_known(survey), **wanted)
        return Response(status=204)


class SurveyResultsView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(parameters=[SURVEY], responses=SurveyResultsSerializer)
    def get(self, request: Request, survey: str) -> Response:
        """What the answers say together."""
        results = survey_results(_known(survey))
        body = {"survey": survey, "block": BLOCK, "smallest": SMALLEST_CELL, "questions": results}
        return Response(SurveyResultsSerializer(body).data)
