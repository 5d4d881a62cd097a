"""Questions on items: asked beside the work, answered by researchers, found by others where they were published."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.models import Question
from labeling.collection.requests import checked
from labeling.collection.selectors.questions import (
    own_questions,
    project_questions,
    published_answers,
    question_thread,
)
from labeling.collection.serializers.questions import (
    AskedLineSerializer,
    NewMessageSerializer,
    PromotionSerializer,
    PublicationSerializer,
    PublishedAnswerSerializer,
    QuestionLineSerializer,
    ThreadSerializer,
)
from labeling.collection.services import questions as services
from labeling.pagination import CursorPagination
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.models import TaskKind
from labeling.projects.selectors import project_for, project_to_lead
from labeling.projects.serializers import GuidelineSerializer


def _thread(request: Request, question_id: UUID, status: int = 200) -> Response:
    thread = question_thread(user=signed_in(request), question_id=question_id)
    return Response(ThreadSerializer(thread, context={"user": signed_in(request)}).data, status=status)


class AskView(APIView):
    @extend_schema(request=NewMessageSerializer, responses={201: ThreadSerializer})
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Ask the project's researchers about a task of one's own. Neither the task nor its draft is touched."""
        sent = checked(NewMessageSerializer, request.data)
        question = services.ask_question(user=signed_in(request), assignment_id=assignment_id, **sent)
        return _thread(request, question.pk, status=201)


class OwnQuestionQuerySerializer(serializers.Serializer):
    assignment = serializers.UUIDField(required=False)


@extend_schema(parameters=[OwnQuestionQuerySerializer])
class OwnQuestionListView(generics.ListAPIView):
    """One's own questions, newest first."""

    serializer_class = QuestionLineSerializer
    queryset = Question.objects.none()

    def get_queryset(self) -> QuerySet[Question]:
        asked = checked(OwnQuestionQuerySerializer, self.request.query_params)
        return own_questions(signed_in(self.request)).filter(**asked)


class QuestionView(APIView):
    @extend_schema(responses=ThreadSerializer)
    def get(self, request: Request, question_id: UUID) -> Response:
        return _thread(request, question_id)


class QuestionMessageView(APIView):
    @extend_schema(request=NewMessageSerializer, responses={201: ThreadSerializer})
    def post(self, request: Request, question_id: UUID) -> Response:
        """Answer, or ask on in one's own thread."""
        sent = checked(NewMessageSerializer, request.data)
        services.write_message(user=signed_in(request), question_id=question_id, **sent)
        return _thread(request, question_id, status=201)


class QuestionReadView(APIView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, question_id: UUID) -> Response:
        """The asker has seen the answer."""
        services.mark_read(user=signed_in(request), question_id=question_id)
        return Response(status=204)


class PublicationView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=PublicationSerializer, responses=ThreadSerializer)
    def put(self, request: Request, question_id: UUID) -> Response:
        """Publish an answer, or change how it is published."""
        sent = checked(PublicationSerializer, request.data)
        services.publish_answer(
            actor=signed_in(request),
            question_id=question_id,
            question_text=sent["question"],
            answer_text=sent["answer"],
        )
        return _thread(request, question_id)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, question_id: UUID) -> Response:
        services.withdraw_answer(actor=signed_in(request), question_id=question_id)
        return Response(status=204)


class PromotionView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=PromotionSerializer, responses={201: GuidelineSerializer})
    def post(self, request: Request, question_id: UUID) -> Response:
        """Publish the next guideline version with this answer in it."""
        sent = checked(PromotionSerializer, request.data)
        guideline = services.promote_answer(actor=signed_in(request), question_id=question_id, **sent)
        guideline.acknowledged = False  # type: ignore[attr-defined]
        return Response(GuidelineSerializer(guideline).data, status=201)


class QuestionQuerySerializer(serializers.Serializer):
    waiting = serializers.BooleanField(required=False, default=False, help_text="Only those without an answer yet")


class QuestionPagination(CursorPagination):
    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        waiting = checked(QuestionQuerySerializer, request.query_params)["waiting"]
        return ("waits_since", "id") if waiting else ("-created_at", "-id")


@extend_schema(parameters=[QuestionQuerySerializer])
class ProjectQuestionListView(generics.ListAPIView):
    """A project's questions: with `waiting=true` those without an answer, the longest waiting first."""

    permission_classes = [IsResearcher]
    serializer_class = AskedLineSerializer
    pagination_class = QuestionPagination
    queryset = Question.objects.none()

    def get_queryset(self) -> QuerySet[Question]:
        project = project_to_lead(signed_in(self.request), self.kwargs["project_id"])
        return project_questions(project, **checked(QuestionQuerySerializer, self.request.query_params))


class AnswerQuerySerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=TaskKind.choices, required=False)
    search = serializers.CharField(required=False, allow_blank=True, max_length=200)


class AnswerPagination(CursorPagination):
    ordering = ("-published_at", "-id")


@extend_schema(parameters=[AnswerQuerySerializer])
class AnswerListView(generics.ListAPIView):
    """Published questions and answers of a project, newest first."""

    serializer_class = PublishedAnswerSerializer
    pagination_class = AnswerPagination
    queryset = Question.objects.none()

    def get_queryset(self) -> QuerySet[Question]:
        project = project_for(signed_in(self.request), self.kwargs["project_id"])
        return published_answers(project, **checked(AnswerQuerySerializer, self.request.query_params))
