"""Keys of tasks that are no work, and feedback by them."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.models import Task
from labeling.collection.requests import checked
from labeling.collection.selectors.keys import feedback_on, judgments_for_key, task_for, tasks_with_keys
from labeling.collection.serializers.assignments import AssignmentSerializer
from labeling.collection.serializers.keys import (
    FeedbackSerializer,
    KeyedTaskQuerySerializer,
    KeyedTaskSerializer,
    KeySerializer,
    NewKeySerializer,
)
from labeling.collection.services.next_assignment import answer_for_key
from labeling.collection.services.set_key import set_key
from labeling.collection.views.assignments import assignment_answer
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.selectors import project_to_lead


@extend_schema(parameters=[KeyedTaskQuerySerializer])
class KeyedTaskListView(generics.ListAPIView):
    """A project's gold, constant, calibration and screening tasks with their keys, newest first."""

    permission_classes = [IsResearcher]
    serializer_class = KeyedTaskSerializer
    queryset = Task.objects.none()

    def get_queryset(self) -> QuerySet[Task]:
        project = project_to_lead(signed_in(self.request), self.kwargs["project_id"])
        return tasks_with_keys(project).filter(**checked(KeyedTaskQuerySerializer, self.request.query_params))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        assert page is not None, "the API's lists are paginated"
        context = {"answers": judgments_for_key(page)}
        return self.get_paginated_response(KeyedTaskSerializer(page, many=True, context=context).data)


class KeyView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=NewKeySerializer, responses={201: KeySerializer})
    def post(self, request: Request, task_id: UUID) -> Response:
        """Make a researcher's judgment the key, with reasons in words."""
        sent = checked(NewKeySerializer, request.data)
        task = task_for(signed_in(request), task_id)
        return Response(KeySerializer(set_key(actor=signed_in(request), task=task, **sent)).data, status=201)


class AnswerForKeyView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=None, responses=AssignmentSerializer)
    def post(self, request: Request, task_id: UUID) -> Response:
        """Take this task in hand, to answer it with the labelers' own form; the answer may then become the key."""
        task = task_for(signed_in(request), task_id)
        assignment = answer_for_key(user=signed_in(request), project=task.batch.project, task=task)
        return assignment_answer(request, assignment.pk)


class FeedbackView(APIView):
    @extend_schema(responses=FeedbackSerializer)
    def get(self, request: Request, assignment_id: UUID) -> Response:
        """What the key of an own, submitted calibration task says, where one differs, and why."""
        return Response(FeedbackSerializer(feedback_on(user=signed_in(request), assignment_id=assignment_id)).data)
