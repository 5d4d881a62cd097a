"""What each labeler is like, and how far kinds of judges agree; for the project's leads."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.csv_files import Cell, csv_response
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.selectors import project_to_lead
from labeling.review.labelers.judges import judges_report
from labeling.review.labelers.profiles import labeler_profiles
from labeling.review.labelers.serializers import JudgesSerializer, LabelersSerializer

FIGURES = (
    "agreement", "researchers", "accuracy", "worth", "weight", "tie_bias", "first_bias",
    "gold", "constant", "threshold",
)  # fmt: skip


class LabelersView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=LabelersSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Each labeler's agreement, reliability and bias, checks, sureness, and what is suggested; by pseudonym."""
        project = project_to_lead(signed_in(request), project_id)
        return Response(LabelersSerializer(labeler_profiles(project)).data)


class LabelersFileView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY)})
    def get(self, request: Request, project_id: UUID) -> HttpResponse:
        """The same as CSV, one line for each figure, and one for the suggestion with its reasons as codes."""
        project = project_to_lead(signed_in(request), project_id)
        rows: list[tuple[Cell, ...]] = []
        for row in labeler_profiles(project)["rows"]:
            rows += [(row["labeler"], row["pool"], name, *_cells(row[name])) for name in FIGURES]
            reasons = " ".join(reason["code"] for reason in row["advice"]["reasons"])
            rows.append((row["labeler"], row["pool"], "suggestion", row["advice"]["what"], "", "", "", reasons))
        header = ("labeler", "pool", "figure", "value", "low", "high", "n", "why")
        return csv_response("labelers.csv", header, rows)


def _cells(estimate: dict[str, Any]) -> tuple[Cell, ...]:
    return tuple("" if (cell := estimate.get(key)) is None else cell for key in ("value", "low", "high", "n", "why"))


class JudgesView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=JudgesSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Labelers, researchers and reward models against each other, beside the human ceiling."""
        project = project_to_lead(signed_in(request), project_id)
        return Response(JudgesSerializer(judges_report(project)).data)
