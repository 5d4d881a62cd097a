from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.requests import checked
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.selectors import visible_projects
from labeling.review.desk.item import task_to_review
from labeling.review.desk.references import set_reference, undo_reference
from labeling.review.desk.serializers import (
    NewReferenceSerializer,
    ReferenceSerializer,
    ShownReferenceSerializer,
    UndoReferenceSerializer,
)
from labeling.review.desk.shown_reference import shown_reference
from labeling.review.models import Reference


class ReferenceListView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=NewReferenceSerializer, responses={201: ReferenceSerializer})
    def post(self, request: Request, task_id: UUID) -> Response:
        """Adjudicate: one's own ranking, or text, becomes the item's reference.

        409 `reference_changed` where a colleague has set another since `seen`, `frozen` once a snapshot holds the work.
        """
        sent = checked(NewReferenceSerializer, request.data)
        task = task_to_review(signed_in(request), task_id)
        return Response(
            ReferenceSerializer(set_reference(actor=signed_in(request), task=task, **sent)).data, status=201
        )


class UndoReferenceView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=UndoReferenceSerializer, responses=ReferenceSerializer)
    def post(self, request: Request, reference_id: UUID) -> Response:
        """Take a reference back; the one before it, if any, counts again."""
        sent = checked(UndoReferenceSerializer, request.data)
        visible = Reference.objects.filter(task__batch__project__in=visible_projects(signed_in(request)))
        reference = get_object_or_404(visible.select_related("task"), pk=reference_id)
        return Response(ReferenceSerializer(undo_reference(actor=signed_in(request), reference=reference, **sent)).data)


class ShownReferenceView(APIView):
    @extend_schema(responses={200: ShownReferenceSerializer, 204: None})
    def get(self, request: Request, assignment_id: UUID) -> Response:
        """The reference of an item that one answered, beside the own answer. 204: none is shown (yet)."""
        found = shown_reference(user=signed_in(request), assignment_id=assignment_id)
        return Response(status=204) if found is None else Response(ShownReferenceSerializer(found).data)
