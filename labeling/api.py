"""Routes of the API that belong to no app: its own schema, and an answer for unknown paths."""

from django.urls import path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import NotFoundError


class SchemaView(SpectacularJSONAPIView):
    permission_classes = [AllowAny]
    authentication_classes = []


@extend_schema(exclude=True)
class UnknownPathView(APIView):
    """A mistyped API path is told so in the API's own form of error, not with the front end's page."""

    permission_classes = [AllowAny]

    def _refuse(self, request: Request, rest: str) -> Response:
        raise NotFoundError(f"There is no such object: nothing is at /api/v1/{rest}. What there is: /api/v1/schema.")

    get = post = put = patch = delete = _refuse


urlpatterns = [
    path("schema", SchemaView.as_view(), name="schema"),
    re_path(r"^(?P<rest>.*)$", UnknownPathView.as_view()),
]
