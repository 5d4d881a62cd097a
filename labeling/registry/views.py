from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.permissions import IsAdmin, IsResearcher, signed_in
from labeling.registry import selectors, services
from labeling.registry.models import ModelKind, ModelStatus, ModelVersion
from labeling.registry.serializers import (
    ModelChangeSerializer,
    ModelDetailSerializer,
    ModelSerializer,
    NewModelSerializer,
)


@extend_schema_view(
    get=extend_schema(
        parameters=[
            OpenApiParameter("kind", OpenApiTypes.STR, enum=ModelKind.values),
            OpenApiParameter("status", OpenApiTypes.STR, enum=ModelStatus.values),
        ]
    )
)
class ModelListView(generics.ListAPIView):
    """Models, newest first."""

    serializer_class = ModelSerializer
    queryset = ModelVersion.objects.none()

    def get_permissions(self) -> list:
        return [IsAdmin()] if self.request.method == "POST" else [IsResearcher()]

    def get_queryset(self) -> QuerySet[ModelVersion]:
        asked = self.request.query_params
        wanted = {name: asked[name] for name in ("kind", "status") if asked.get(name)}
        return selectors.visible_models(signed_in(self.request)).filter(**wanted)

    @extend_schema(request=NewModelSerializer, responses={201: ModelDetailSerializer})
    def post(self, request: Request) -> Response:
        """Register a model that lies on the server, in Hugging Face format with safetensors weights."""
        data = NewModelSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        model = services.register_model(actor=signed_in(request), **data.validated_data)
        return Response(ModelDetailSerializer(model).data, status=201)


class ModelView(APIView):
    def get_permissions(self) -> list:
        return [IsAdmin()] if self.request.method == "PATCH" else [IsResearcher()]

    @extend_schema(responses=ModelDetailSerializer)
    def get(self, request: Request, model_id: UUID) -> Response:
        return Response(ModelDetailSerializer(selectors.model_for(signed_in(request), model_id)).data)

    @extend_schema(request=ModelChangeSerializer, responses=ModelDetailSerializer)
    def patch(self, request: Request, model_id: UUID) -> Response:
        """Rename, promote or retire a model."""
        model = selectors.model_for(signed_in(request), model_id)
        data = ModelChangeSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        services.change_model(actor=signed_in(request), model=model, **data.validated_data)
        return Response(ModelDetailSerializer(model).data)
