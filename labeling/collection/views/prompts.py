"""Prompts: uploads, the list, one prompt, the project in numbers."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.models import Prompt, PromptImport
from labeling.collection.requests import checked
from labeling.collection.selectors.overview import project_overview
from labeling.collection.selectors.prompts import find_prompts, visible_prompts
from labeling.collection.serializers.prompts import (
    ImportRequestSerializer,
    OverviewSerializer,
    PromptChangeSerializer,
    PromptDetailSerializer,
    PromptImportResultSerializer,
    PromptImportSerializer,
    PromptQuerySerializer,
    PromptSerializer,
)
from labeling.collection.services.change_prompt import change_prompt
from labeling.collection.services.import_prompts import import_prompts
from labeling.collection.uploads import upload_data
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.selectors import project_to_lead


class PromptImportView(APIView):
    permission_classes = [IsResearcher]
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": ImportRequestSerializer}, responses={201: PromptImportResultSerializer}
    )
    def post(self, request: Request, project_id: UUID) -> Response:
        """Bring in prompts, and outputs to rank. Refused rows come back with line and reason; the rest goes in."""
        project = project_to_lead(signed_in(request), project_id)
        sent = checked(ImportRequestSerializer, upload_data(request))
        came_by = import_prompts(
            actor=signed_in(request),
            project=project,
            stream=sent["file"].file,
            file_name=sent["file"].name,
            consent=sent["consent"],
            source=sent["source"],
        )
        return Response(PromptImportResultSerializer(came_by).data, status=201)


class PromptImportListView(generics.ListAPIView):
    """A project's uploads of prompts and of comparisons, newest first."""

    permission_classes = [IsResearcher]
    serializer_class = PromptImportSerializer
    queryset = PromptImport.objects.none()

    def get_queryset(self) -> QuerySet[PromptImport]:
        project = project_to_lead(signed_in(self.request), self.kwargs["project_id"])
        return PromptImport.objects.filter(project=project).select_related("created_by")


@extend_schema(parameters=[PromptQuerySerializer])
class PromptListView(generics.ListAPIView):
    """A project's prompts, newest first."""

    permission_classes = [IsResearcher]
    serializer_class = PromptSerializer
    queryset = Prompt.objects.none()

    def get_queryset(self) -> QuerySet[Prompt]:
        project = project_to_lead(signed_in(self.request), self.kwargs["project_id"])
        asked = checked(PromptQuerySerializer, self.request.query_params)
        filters = {name: value for name, value in asked.items() if value is not None}
        return find_prompts(user=signed_in(self.request), project=project, **filters)


class PromptView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=PromptDetailSerializer)
    def get(self, request: Request, prompt_id: UUID) -> Response:
        """A prompt with its outputs and what made them."""
        prompt = get_object_or_404(visible_prompts(signed_in(request)), pk=prompt_id)
        return Response(PromptDetailSerializer(prompt).data)

    @extend_schema(request=PromptChangeSerializer, responses=PromptDetailSerializer)
    def patch(self, request: Request, prompt_id: UUID) -> Response:
        """Change consent, hold back or free, set the use case, mark as sensitive, withdraw."""
        prompt = get_object_or_404(visible_prompts(signed_in(request)), pk=prompt_id)
        change_prompt(actor=signed_in(request), prompt=prompt, **checked(PromptChangeSerializer, request.data))
        return Response(PromptDetailSerializer(prompt).data)


class OverviewView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=OverviewSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """The project in numbers."""
        return Response(OverviewSerializer(project_overview(project_to_lead(signed_in(request), project_id))).data)
