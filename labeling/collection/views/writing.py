"""Asking labelers for prompts."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.requests import checked
from labeling.collection.selectors.writing import project_needs
from labeling.collection.serializers.batches import BatchSerializer
from labeling.collection.serializers.writing import NeedsQuerySerializer, NeedsSerializer, NewWritingSerializer
from labeling.collection.services.publish_once import submission_of
from labeling.collection.services.publish_writing import publish_writing
from labeling.collection.views.batches import batch_answer
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.selectors import project_to_lead


class WritingView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(parameters=[NeedsQuerySerializer], responses=NeedsSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """What the project has of each use case beside the paper, and how new prompts would best be divided."""
        project = project_to_lead(signed_in(request), project_id)
        asked = checked(NeedsQuerySerializer, request.query_params)
        return Response(NeedsSerializer(project_needs(project, **asked)).data)

    @extend_schema(request=NewWritingSerializer, responses={201: BatchSerializer})
    def post(self, request: Request, project_id: UUID) -> Response:
        """Publish writing tasks of one sort: plain, few-shot, user-based, or user-based ones to be made anonymous."""
        project = project_to_lead(signed_in(request), project_id)
        wanted = checked(NewWritingSerializer, request.data)
        submission = submission_of(wanted, request.data)
        batch = publish_writing(actor=signed_in(request), project=project, submission=submission, **wanted)
        return Response(batch_answer(batch), status=201)
