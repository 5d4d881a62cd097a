from django.db import Error as DatabaseError
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.accounts.models import Role
from labeling.runs.health import Health, look
from labeling.runs.serializers import HealthSerializer


class HealthView(APIView):
    permission_classes = [AllowAny]

    def perform_authentication(self, request: Request) -> None:
        """Who asks is found out later: this must answer while the database that knows people is away."""

    @extend_schema(responses=HealthSerializer)
    def get(self, request: Request) -> Response:
        """Whether database and broker answer, and how many workers live. Admins also see the workers.

        503 where the site cannot serve, which is without a database; degraded without broker or workers is 200.
        """
        health = look()
        answer = HealthSerializer(health).data
        if not _is_admin(request, health):
            del answer["worker_list"]
        return Response(answer, status=200 if health.database else 503)


def _is_admin(request: Request, health: Health) -> bool:
    try:
        return health.database and getattr(request.user, "role", "") == Role.ADMIN
    except DatabaseError:
        return False
