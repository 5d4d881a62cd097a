import json
from itertools import islice
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.datasets import selectors, services
from labeling.datasets.models import Snapshot, SnapshotKind
from labeling.datasets.recipe import make_recipe
from labeling.datasets.recipe_serializers import FreezeSerializer
from labeling.datasets.recipe_views import freeze_answer
from labeling.datasets.serializers import (
    NewSnapshotSerializer,
    SnapshotRecordsSerializer,
    SnapshotSerializer,
)
from labeling.datasets.services.purge_snapshot import purge_snapshot
from labeling.errors import InvalidError
from labeling.permissions import IsAdmin, IsResearcher, signed_in
from labeling.projects.selectors import project_to_lead
from labeling.queries import uuid_or_none

MOST_DIGITS = 15  # of a line's number
RECORDS_PER_PAGE = 50


@extend_schema(
    parameters=[
        OpenApiParameter("project", OpenApiTypes.UUID),
        OpenApiParameter("kind", OpenApiTypes.STR, enum=SnapshotKind.values),
    ]
)
class SnapshotListView(generics.ListAPIView):
    permission_classes = [IsResearcher]
    serializer_class = SnapshotSerializer
    queryset = Snapshot.objects.none()

    def get_queryset(self) -> QuerySet[Snapshot]:
        snapshots = selectors.visible_snapshots(signed_in(self.request))
        asked = self.request.query_params
        if asked.get("project"):
            snapshots = snapshots.filter(project=uuid_or_none(asked["project"]))
        if asked.get("kind"):
            snapshots = snapshots.filter(kind=asked["kind"])
        return snapshots

    @extend_schema(
        request=NewSnapshotSerializer, responses={201: SnapshotSerializer, 202: FreezeSerializer}, parameters=[]
    )
    def post(self, request: Request) -> Response:
        """Freeze what is accepted now and the recipe lets in. The same content again answers with its snapshot.

        Where there is much to read, a worker does it: the answer is 202, with the freeze to look at.
        """
        sent = NewSnapshotSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted = sent.validated_data
        project = project_to_lead(signed_in(request), wanted["project"])
        recipe = make_recipe(project, wanted["kind"], wanted.get("recipe", {}))
        freeze = services.want_freeze(
            actor=signed_in(request), project=project, kind=wanted["kind"], recipe=recipe, name=wanted["name"]
        )
        return freeze_answer(freeze)


class SnapshotView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=SnapshotSerializer)
    def get(self, request: Request, snapshot_id: UUID) -> Response:
        return Response(SnapshotSerializer(selectors.snapshot_for(signed_in(request), snapshot_id)).data)


class PurgeSnapshotView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(request=None, responses=SnapshotSerializer)
    def post(self, request: Request, snapshot_id: UUID) -> Response:
        """Delete the files of a snapshot that holds what was taken back; hash, counts and lineage stay."""
        snapshot = selectors.snapshot_for(signed_in(request), snapshot_id)
        return Response(SnapshotSerializer(purge_snapshot(actor=signed_in(request), snapshot=snapshot)).data)


class SnapshotRecordsView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(
        parameters=[OpenApiParameter("cursor", OpenApiTypes.STR, description="The line to begin at")],
        responses=SnapshotRecordsSerializer,
    )
    def get(self, request: Request, snapshot_id: UUID) -> Response:
        """The records, some at a time, as they stand in the file."""
        path = selectors.file_of(selectors.snapshot_for(signed_in(request), snapshot_id))
        cursor = request.query_params.get("cursor", "1")
        if not cursor.isdecimal() or len(cursor) > MOST_DIGITS or int(cursor) < 1:
            raise InvalidError("The cursor is the `next` of the page before.", errors={"cursor": ["Unknown."]})
        start = int(cursor)
        with path.open(encoding="utf-8") as file:
            lines = list(islice(file, start - 1, start + RECORDS_PER_PAGE))
        results = [
            {"line": number, "record": json.loads(line)}
            for number, line in enumerate(lines[:RECORDS_PER_PAGE], start=start)
        ]
        more = len(lines) > RECORDS_PER_PAGE
        return Response({"results": results, "next": str(start + RECORDS_PER_PAGE) if more else None})
