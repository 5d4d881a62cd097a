"""Seeing a batch as a labeler before it is published. Nothing is written."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.requests import checked
from labeling.collection.selectors.preview import preview_batch, preview_writing
from labeling.collection.serializers.batches import NewBatchSerializer
from labeling.collection.serializers.preview import PreviewSerializer
from labeling.collection.serializers.writing import NewWritingSerializer
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.selectors import project_to_lead


class PreviewView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=NewBatchSerializer, responses=PreviewSerializer)
    def post(self, request: Request, project_id: UUID) -> Response:
        """The first tasks of what this body would publish, as labelers would get them; or why it would be refused."""
        project = project_to_lead(signed_in(request), project_id)
        wanted = checked(NewBatchSerializer, request.data)
        wanted.pop("submission_id", None)
        return Response(PreviewSerializer(preview_batch(actor=signed_in(request), project=project, **wanted)).data)


class WritingPreviewView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=NewWritingSerializer, responses=PreviewSerializer)
    def post(self, request: Request, project_id: UUID) -> Response:
        """As the preview of a batch, of writing tasks."""
        project = project_to_lead(signed_in(request), project_id)
        wanted = checked(NewWritingSerializer, request.data)
        wanted.pop("submission_id", None)
        return Response(PreviewSerializer(preview_writing(actor=signed_in(request), project=project, **wanted)).data)
