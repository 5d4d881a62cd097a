from functools import partial

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.clock import database_now
from labeling.collection.selectors.assignments import open_undo_window
from labeling.collection.selectors.home import home_page
from labeling.collection.serializers.home import HomeSerializer
from labeling.permissions import signed_in


class HomeView(APIView):
    @extend_schema(responses=HomeSerializer)
    def get(self, request: Request) -> Response:
        """Own projects, what waits in each, what is in hand, and the last seven days."""
        context = {"open_undo_window": partial(open_undo_window, now=database_now())}
        return Response(HomeSerializer(home_page(signed_in(request)), context=context).data)
