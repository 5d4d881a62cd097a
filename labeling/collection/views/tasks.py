"""A researcher's deeds on one task."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.models import Task, TaskStatus
from labeling.collection.selectors.keys import task_for
from labeling.collection.services.decide_task import reopen_task, withdraw_task
from labeling.permissions import IsResearcher, signed_in


class TaskStateSerializer(serializers.ModelSerializer[Task]):
    status = serializers.ChoiceField(choices=TaskStatus.choices, read_only=True)

    class Meta:
        model = Task
        fields = ["id", "status"]
        read_only_fields = fields


class WithdrawTaskView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=None, responses=TaskStateSerializer)
    def post(self, request: Request, task_id: UUID) -> Response:
        """Take the task out of the work; drafts and what is done stay."""
        user = signed_in(request)
        return Response(TaskStateSerializer(withdraw_task(actor=user, task=task_for(user, task_id))).data)


class ReopenTaskView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=None, responses=TaskStateSerializer)
    def post(self, request: Request, task_id: UUID) -> Response:
        """Give a task that was put aside or withdrawn back to labelers."""
        user = signed_in(request)
        return Response(TaskStateSerializer(reopen_task(actor=user, task=task_for(user, task_id))).data)
