"""The screening test: a labeler's own progress, and for researchers results, blind ratings and the decision."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.models import Screening
from labeling.collection.requests import checked
from labeling.collection.services.screening import tell_topics
from labeling.pagination import CursorPagination
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.selectors import project_for, project_to_lead
from labeling.review.decide_screening import decide_screening, rate_demonstration
from labeling.review.screening import (
    demonstrations_to_rate,
    own_screening,
    result_of,
    screening_for,
    visible_screenings,
)
from labeling.review.screening_serializers import (
    DecideSerializer,
    DemonstrationsToRateSerializer,
    OwnScreeningSerializer,
    ScreeningRatingSerializer,
    ScreeningResultSerializer,
    TopicsSerializer,
)


class OwnScreeningView(APIView):
    @extend_schema(responses=OwnScreeningSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """How far one's own screening is, and once it is decided, the result."""
        project = project_for(signed_in(request), project_id)
        return Response(OwnScreeningSerializer(own_screening(user=signed_in(request), project=project)).data)


class TopicsView(APIView):
    @extend_schema(request=TopicsSerializer, responses=OwnScreeningSerializer)
    def post(self, request: Request, project_id: UUID) -> Response:
        """The fourth part of one's own screening, in words; once."""
        sent = checked(TopicsSerializer, request.data)
        project = project_for(signed_in(request), project_id)
        tell_topics(user=signed_in(request), project=project, **sent)
        return Response(OwnScreeningSerializer(own_screening(user=signed_in(request), project=project)).data)


class ScreeningPagination(CursorPagination):
    page_size = 20
    ordering = ("id",)  # type: ignore[assignment]  # random, so the order tells nothing


class ScreeningListView(generics.ListAPIView):
    """A project's screenings under random codes; names only of those that are decided."""

    permission_classes = [IsResearcher]
    serializer_class = ScreeningResultSerializer
    pagination_class = ScreeningPagination
    queryset = Screening.objects.none()

    def get_queryset(self) -> QuerySet[Screening]:
        project = project_to_lead(signed_in(self.request), self.kwargs["project_id"])
        return visible_screenings(signed_in(self.request)).filter(membership__project=project)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        assert page is not None, "the API's lists are paginated"
        results = [result_of(screening) for screening in page]
        return self.get_paginated_response(ScreeningResultSerializer(results, many=True).data)


class DemonstrationsToRateView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=DemonstrationsToRateSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Demonstrations of screenings that one has not rated yet, without a name or a code."""
        project = project_to_lead(signed_in(request), project_id)
        waiting = demonstrations_to_rate(user=signed_in(request), project=project)
        return Response(DemonstrationsToRateSerializer({"results": waiting}).data)


class ScreeningRatingView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=ScreeningRatingSerializer, responses=ScreeningRatingSerializer)
    def post(self, request: Request, judgment_id: UUID) -> Response:
        """Rate a demonstration of a screening, 1 to 7; once."""
        sent = checked(ScreeningRatingSerializer, request.data)
        rating = rate_demonstration(actor=signed_in(request), judgment_id=judgment_id, value=sent["value"])
        return Response(ScreeningRatingSerializer(rating).data)


class DecideScreeningView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=DecideSerializer, responses=ScreeningResultSerializer)
    def post(self, request: Request, screening_id: UUID) -> Response:
        """Qualify or decline, with a reason; once."""
        sent = checked(DecideSerializer, request.data)
        screening = screening_for(signed_in(request), screening_id)
        decide_screening(actor=signed_in(request), screening=screening, **sent)
        return Response(ScreeningResultSerializer(result_of(screening_for(signed_in(request), screening_id))).data)
