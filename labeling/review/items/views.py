"""The items behind the marks of charts and the rows of tables."""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.requests import checked, shown
from labeling.csv_files import Cell, csv_response
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.models import Project
from labeling.projects.selectors import project_to_lead
from labeling.review.items.catch_up import catch_up
from labeling.review.items.filters import Asked
from labeling.review.items.page import items_cells, items_page
from labeling.review.items.serializers import (
    CellListSerializer,
    CellsQuerySerializer,
    ItemListSerializer,
    ItemsQuerySerializer,
)

MOST_LINES = 2_000
"""Items of a file."""


class ItemsView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(parameters=[ItemsQuerySerializer], responses=ItemListSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Judged items, what divides people most first, each with its rankings in short."""
        project = project_to_lead(signed_in(request), project_id)
        asked = checked(ItemsQuerySerializer, request.query_params)
        waiting = 0 if asked["cursor"] else catch_up(project)
        items, onward = items_page(project, asked, asked["cursor"])
        return Response(shown(ItemListSerializer, {"results": items, "next": onward, "waiting": waiting}))


class ItemCellsView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(parameters=[CellsQuerySerializer], responses=CellListSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """What two labelers said of the same pairs of outputs: nine cells, each with how many items are behind it."""
        project = project_to_lead(signed_in(request), project_id)
        asked = checked(CellsQuerySerializer, request.query_params)
        catch_up(project)
        return Response(shown(CellListSerializer, {"results": items_cells(project, asked)}))


class ItemsFileView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(
        parameters=[ItemsQuerySerializer], responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY)}
    )
    def get(self, request: Request, project_id: UUID) -> HttpResponse:
        """The first of the same items as CSV, one line for each ranking or demonstration."""
        project = project_to_lead(signed_in(request), project_id)
        asked = checked(ItemsQuerySerializer, request.query_params)
        catch_up(project)
        return csv_response("items.csv", COLUMNS, _lines(project, asked))


COLUMNS = (
    "task", "prompt", "excerpt", "use_case", "language", "batch", "item", "judged", "agreement", "contradicting",
    "reference_by", "reference_shown", "labeler", "pool", "active_seconds", "ranks", "overalls",
)  # fmt: skip


def _lines(project: Project, asked: Asked) -> Iterator[tuple[Cell, ...]]:
    left, cursor = MOST_LINES, ""
    while left > 0:
        items, onward = items_page(project, asked, cursor, size=min(200, left))
        for item in items:
            figures, task = item.figures, item.figures.task
            assert task.prompt, "comparisons and demonstrations have one"
            about = (
                str(task.pk), str(task.prompt_id), item.excerpt, task.prompt.use_case, task.prompt.language,
                task.batch.name, task.position, figures.judged,
                "" if figures.agreement is None else figures.agreement, figures.contradicting,
                item.reference.by if item.reference else "",
                ("yes" if item.reference.shown else "no") if item.reference else "",
            )  # fmt: skip
            for one in item.rankings:
                overalls = " ".join("" if overall is None else str(overall) for overall in one.overalls)
                ranks = " ".join(map(str, one.ranks))
                yield (*about, one.labeler, one.pool, one.active_seconds, ranks, overalls.strip())
        if onward is None:
            return
        left, cursor = left - len(items), onward
