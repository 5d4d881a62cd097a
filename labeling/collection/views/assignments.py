"""A labeler at work: the next task, drafts, signs of life, submit, undo, skip, release, own history."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.clock import database_now
from labeling.collection.models import Assignment, AssignmentState
from labeling.collection.requests import checked, shown
from labeling.collection.selectors.assignments import (
    assignment_page,
    open_undo_window,
    own_assignments,
    own_revisions,
)
from labeling.collection.serializers.assignments import (
    ActiveSerializer,
    AssignmentBriefSerializer,
    AssignmentSerializer,
    DraftRevisionSerializer,
    DraftSerializer,
    InterpretationsSerializer,
    LeaseSerializer,
    NextRequestSerializer,
    ReceiptSerializer,
    RevisionListSerializer,
    SkipSerializer,
    StateSerializer,
    SubmissionSerializer,
)
from labeling.collection.services.drafts import save_draft
from labeling.collection.services.interpret import interpret
from labeling.collection.services.leases import renew_lease
from labeling.collection.services.next_assignment import next_assignment
from labeling.collection.services.skip import release_assignment, skip_assignment
from labeling.collection.services.submit import submit
from labeling.collection.services.undo import undo_submit
from labeling.permissions import signed_in


def assignment_answer(request: Request, assignment_id: UUID) -> Response:
    """A page of work, as every answer about one own assignment shows it."""
    return Response(shown(AssignmentSerializer, assignment_page(user=signed_in(request), assignment_id=assignment_id)))


class NextTaskView(APIView):
    @extend_schema(request=NextRequestSerializer, responses={200: AssignmentSerializer, 204: None})
    def post(self, request: Request, project_id: UUID) -> Response:
        """The current task (given now, if none is held), or with `ahead` one to load before it is needed.

        204: nothing waits for this person.
        """
        wanted = checked(NextRequestSerializer, request.data)
        assignment = next_assignment(user=signed_in(request), project_id=project_id, **wanted)
        return Response(status=204) if assignment is None else assignment_answer(request, assignment.pk)


class AssignmentQuerySerializer(serializers.Serializer):
    project = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(choices=AssignmentState.choices, required=False)


@extend_schema(parameters=[AssignmentQuerySerializer])
class AssignmentListView(generics.ListAPIView):
    """One's own history, newest first."""

    serializer_class = AssignmentBriefSerializer
    queryset = Assignment.objects.none()

    def get_queryset(self) -> QuerySet[Assignment]:
        return own_assignments(signed_in(self.request)).filter(
            **checked(AssignmentQuerySerializer, self.request.query_params)
        )

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if not getattr(self, "swagger_fake_view", False):  # the schema is made without a database
            context["open_undo_window"] = partial(open_undo_window, now=database_now())
        return context


class AssignmentView(APIView):
    @extend_schema(responses=AssignmentSerializer)
    def get(self, request: Request, assignment_id: UUID) -> Response:
        return assignment_answer(request, assignment_id)


class RevisionsView(APIView):
    @extend_schema(responses=RevisionListSerializer)
    def get(self, request: Request, assignment_id: UUID) -> Response:
        """What one has answered here, and taken back, newest first: all of it, in one page."""
        revisions = own_revisions(user=signed_in(request), assignment_id=assignment_id)
        return Response(RevisionListSerializer({"results": revisions, "next": None}).data)


class DraftView(APIView):
    @extend_schema(request=DraftSerializer, responses=DraftRevisionSerializer)
    def put(self, request: Request, assignment_id: UUID) -> Response:
        """Keep the form's state, also after expiry. A stale revision gets 409 `stale_draft` with the server's draft."""
        sent = checked(DraftSerializer, request.data)
        revision = save_draft(user=signed_in(request), assignment_id=assignment_id, **sent)
        return Response({"draft_revision": revision})


class InterpretView(APIView):
    @extend_schema(request=InterpretationsSerializer, responses=AssignmentSerializer)
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Keep what each output says before the prompt was seen, and show the prompt."""
        sent = checked(InterpretationsSerializer, request.data)
        interpret(user=signed_in(request), assignment_id=assignment_id, **sent)
        return assignment_answer(request, assignment_id)


class HeartbeatView(APIView):
    @extend_schema(request=ActiveSerializer, responses=LeaseSerializer)
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Renew the lease of this assignment, and of the one held ahead."""
        sent = checked(ActiveSerializer, request.data)
        until, now = renew_lease(user=signed_in(request), assignment_id=assignment_id, **sent)
        return Response(LeaseSerializer({"lease_expires_at": until, "server_time": now}).data)


class SubmitView(APIView):
    @extend_schema(request=SubmissionSerializer, responses=ReceiptSerializer)
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Submit, or correct what was submitted. The same body again answers as the first time."""
        sent = checked(SubmissionSerializer, request.data)
        body = dict(request.data)  # the serializer takes nothing but an object
        receipt = submit(user=signed_in(request), assignment_id=assignment_id, sent=sent, body=body)
        return Response(shown(ReceiptSerializer, receipt))


class UndoView(APIView):
    @extend_schema(request=None, responses=AssignmentSerializer)
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Take the answer back within the undo window: current again, the draft being what was submitted."""
        undo_submit(user=signed_in(request), assignment_id=assignment_id)
        return assignment_answer(request, assignment_id)


class SkipView(APIView):
    @extend_schema(request=SkipSerializer, responses=StateSerializer)
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Give the task up, saying why."""
        sent = checked(SkipSerializer, request.data)
        assignment = skip_assignment(user=signed_in(request), assignment_id=assignment_id, **sent)
        return Response(StateSerializer(assignment).data)


class ReleaseView(APIView):
    @extend_schema(request=ActiveSerializer, responses=StateSerializer)
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Hand the task back to the queue; the draft is kept."""
        sent = checked(ActiveSerializer, request.data)
        assignment = release_assignment(user=signed_in(request), assignment_id=assignment_id, **sent)
        return Response(StateSerializer(assignment).data)
