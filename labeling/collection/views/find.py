"""Finding an item of a project."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.requests import checked, shown
from labeling.collection.selectors.find import find
from labeling.collection.serializers.find import FindQuerySerializer, HitListSerializer
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.selectors import project_to_lead


class FindView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(parameters=[FindQuerySerializer], responses=HitListSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Prompts, outputs, demonstrations by words; these and batches, tasks, assignments, judgments by id."""
        project = project_to_lead(signed_in(request), project_id)
        asked = checked(FindQuerySerializer, request.query_params)
        hits, onward = find(project, asked["q"], asked["cursor"])
        return Response(shown(HitListSerializer, {"results": hits, "next": onward}))
