"""What a labeler opts out of, for themselves alone: no other endpoint shows it."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.requests import checked
from labeling.collection.services.opt_out import opt_out
from labeling.errors import ForbiddenError
from labeling.permissions import signed_in
from labeling.projects.selectors import membership_of, project_for
from labeling.projects.sensitive import SensitiveCategory


class OptOutSerializer(serializers.Serializer):
    categories = serializers.ListField(
        child=serializers.ChoiceField(choices=SensitiveCategory.choices),
        help_text="Of tasks that one is never given",
    )


class OptOutView(APIView):
    @extend_schema(responses=OptOutSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """What one has opted out of."""
        project = project_for(signed_in(request), project_id)
        membership = membership_of(signed_in(request), project)
        if membership is None:
            raise ForbiddenError("You are not a member of this project, so it gives you no tasks.")
        return Response({"categories": membership.opted_out})

    @extend_schema(request=OptOutSerializer, responses=OptOutSerializer)
    def put(self, request: Request, project_id: UUID) -> Response:
        """Opt out of these categories, and into all others."""
        project = project_for(signed_in(request), project_id)
        sent = checked(OptOutSerializer, request.data)
        membership = opt_out(user=signed_in(request), project=project, categories=sent["categories"])
        return Response({"categories": membership.opted_out})
