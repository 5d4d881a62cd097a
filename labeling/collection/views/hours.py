"""Active time and items: a labeler's own, and those of a project's members, to look at and as files."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.accounts.models import User
from labeling.collection.requests import checked
from labeling.collection.selectors.hours import Span, own_progress, project_hours, span_of, worked_days
from labeling.collection.serializers.hours import HoursSerializer, ProgressSerializer, SpanSerializer
from labeling.csv_files import csv_response
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.models import Project
from labeling.projects.selectors import project_for, project_to_lead

CSV = {(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY)}


def _span(request: Request, project: Project) -> Span:
    return span_of(project, **checked(SpanSerializer, request.query_params))


def _file_name(kind: str, span: Span) -> str:
    return f"{kind}-{span.since}-{span.until}.csv"


class ProgressView(APIView):
    @extend_schema(parameters=[SpanSerializer], responses=ProgressSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Own active time and items, by day and week."""
        project = project_for(signed_in(request), project_id)
        return Response(ProgressSerializer(own_progress(signed_in(request), project, _span(request, project))).data)


class ProgressFileView(APIView):
    @extend_schema(parameters=[SpanSerializer], responses=CSV)
    def get(self, request: Request, project_id: UUID) -> HttpResponse:
        """Own active time and items by day, as CSV."""
        project = project_for(signed_in(request), project_id)
        span = _span(request, project)
        rows = [
            (project.name, row.day.isoformat(), row.items, round(row.active_seconds), _hours(row.active_seconds))
            for row in worked_days(project, span, labeler=signed_in(request))
        ]
        header = ("project", f"day ({project.time_zone})", "items", "active seconds", "active hours")
        return csv_response(_file_name("my-hours", span), header, rows)


class HoursView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(parameters=[SpanSerializer], responses=HoursSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Active time and items of each member."""
        project = project_to_lead(signed_in(request), project_id)
        return Response(HoursSerializer(project_hours(project, _span(request, project))).data)


class HoursFileView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(parameters=[SpanSerializer], responses=CSV)
    def get(self, request: Request, project_id: UUID) -> HttpResponse:
        """Active time and items of each member by day, as CSV."""
        project = project_to_lead(signed_in(request), project_id)
        span = _span(request, project)
        names = dict(User.objects.filter(memberships__project=project).values_list("pk", "username"))
        rows = sorted(
            (
                names[row.labeler],
                row.day.isoformat(),
                row.items,
                round(row.active_seconds),
                _hours(row.active_seconds),
            )
            for row in worked_days(project, span)
        )
        header = ("user", f"day ({project.time_zone})", "items", "active seconds", "active hours")
        return csv_response(_file_name("hours", span), header, rows)


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.2f}"
