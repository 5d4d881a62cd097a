"""Who holds a task, and giving it to somebody else."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.models import Assignment, AssignmentState, Task
from labeling.collection.requests import checked, shown
from labeling.collection.selectors.batches import pseudonyms_of
from labeling.collection.selectors.keys import task_for
from labeling.collection.selectors.takers import holds_on, takers_of
from labeling.collection.services.mark_sensitive import sensitive_of
from labeling.collection.services.reassign import reassign
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.models import Membership
from labeling.projects.selectors import visible_projects


class HoldSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    labeler = serializers.CharField(help_text="Pseudonym")
    state = serializers.ChoiceField(choices=AssignmentState.choices)
    since = serializers.DateTimeField()
    has_draft = serializers.BooleanField()


class TakerSerializer(serializers.Serializer):
    id = serializers.UUIDField(help_text="Of the membership")
    username = serializers.CharField()


class HoldsSerializer(serializers.Serializer):
    holds = HoldSerializer(many=True)
    sensitive = serializers.BooleanField(help_text="It can only be given back to all: no opt-out is to be told")
    takers = TakerSerializer(many=True, help_text="Members to whom the task may be given")


class ReassignSerializer(serializers.Serializer):
    to = serializers.UUIDField(allow_null=True, help_text="A membership; null gives the task back to all others")


class HoldsView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=HoldsSerializer)
    def get(self, request: Request, task_id: UUID) -> Response:
        """Who holds this task without having answered it, and who may have it instead."""
        return Response(_holds(task_for(signed_in(request), task_id)))


class ReassignView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=ReassignSerializer, responses=HoldsSerializer)
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Take a task from who holds it and give it to another member, or back to all; the draft stays."""
        user = signed_in(request)
        held = Assignment.objects.filter(project__in=visible_projects(user)).select_related("task")
        assignment = get_object_or_404(held, pk=assignment_id)
        to = checked(ReassignSerializer, request.data)["to"]
        member = get_object_or_404(Membership, project=assignment.project_id, pk=to) if to else None
        reassign(actor=user, assignment=assignment, to=member)
        return Response(_holds(task_for(user, assignment.task_id)))


def _holds(task: Task) -> dict:
    names = pseudonyms_of(task.batch)
    takers = takers_of(task)
    members = Membership.objects.filter(project=task.batch.project_id).select_related("user").order_by("user__username")
    return shown(
        HoldsSerializer,
        {
            "holds": [
                {
                    "id": hold.pk,
                    "labeler": names.get(hold.labeler_id, ""),
                    "state": hold.state,
                    "since": hold.started_at or hold.created_at,
                    "has_draft": bool(hold.draft),
                }
                for hold in holds_on(task)
            ],
            "sensitive": bool(sensitive_of(task)),
            "takers": [
                {"id": member.pk, "username": member.user.username} for member in members if not takers.why_not(member)
            ],
        },
    )
