"""Batches: publish, list, one, and its items with all judgments side by side."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.models import Batch, Task
from labeling.collection.requests import checked
from labeling.collection.selectors.batches import (
    batch_for,
    batch_tasks,
    progress_of,
    pseudonyms_of,
    visible_batches,
)
from labeling.collection.serializers.batches import (
    BatchQuerySerializer,
    BatchSerializer,
    ItemSerializer,
    NewBatchSerializer,
    PublishedBatchSerializer,
    WithdrawalSerializer,
)
from labeling.collection.services.advance_batches import advance_batches
from labeling.collection.services.publish_batch import publish_batch
from labeling.collection.services.publish_once import submission_of
from labeling.collection.services.withdraw_batch import reopen_batch, withdraw_batch
from labeling.pagination import CursorPagination
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.selectors import project_to_lead


class PublishView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=NewBatchSerializer, responses={201: PublishedBatchSerializer})
    def post(self, request: Request, project_id: UUID) -> Response:
        """Publish tasks on prompts, given by id or by a filter."""
        project = project_to_lead(signed_in(request), project_id)
        wanted = checked(NewBatchSerializer, request.data)
        submission = submission_of(wanted, request.data)
        published = publish_batch(actor=signed_in(request), project=project, submission=submission, **wanted)
        batch = published.batch
        batch.skipped, batch.notes = published.skipped, published.notes  # type: ignore[attr-defined]
        context = {"progress": progress_of([batch])}
        return Response(PublishedBatchSerializer(batch, context=context).data, status=201)


@extend_schema(parameters=[BatchQuerySerializer])
class BatchListView(generics.ListAPIView):
    """Batches of one's projects, newest first. Those whose work is done go into review now."""

    permission_classes = [IsResearcher]
    serializer_class = BatchSerializer
    queryset = Batch.objects.none()

    def get_queryset(self) -> QuerySet[Batch]:
        asked = checked(BatchQuerySerializer, self.request.query_params)
        return visible_batches(signed_in(self.request)).filter(**asked)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        advance_batches()
        page = self.paginate_queryset(self.get_queryset())
        assert page is not None, "the API's lists are paginated"
        context = {"progress": progress_of(page)}
        return self.get_paginated_response(BatchSerializer(page, many=True, context=context).data)


class BatchView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=BatchSerializer)
    def get(self, request: Request, batch_id: UUID) -> Response:
        batch = batch_for(signed_in(request), batch_id)
        if advance_batches(project=batch.project):
            batch.refresh_from_db()
        return Response(batch_answer(batch))


class WithdrawBatchView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=WithdrawalSerializer, responses=BatchSerializer)
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Take a batch out of the work, with a reason; drafts and judgments stay, and no snapshot takes them."""
        sent = checked(WithdrawalSerializer, request.data)
        batch = batch_for(signed_in(request), batch_id)
        return Response(batch_answer(withdraw_batch(actor=signed_in(request), batch=batch, reason=sent["reason"])))


class ReopenBatchView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=None, responses=BatchSerializer)
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Take a batch's withdrawal back: it goes on where it was."""
        batch = batch_for(signed_in(request), batch_id)
        return Response(batch_answer(reopen_batch(actor=signed_in(request), batch=batch)))


def batch_answer(batch: Batch) -> dict[str, Any]:
    """A batch as every answer about one shows it."""
    return BatchSerializer(batch, context={"progress": progress_of([batch])}).data


class ItemPagination(CursorPagination):
    page_size = 20
    max_page_size = 100
    ordering = ("position",)  # type: ignore[assignment]


class ItemListView(generics.ListAPIView):
    """A batch's tasks in their order, each with all judgments and skips, under pseudonyms."""

    permission_classes = [IsResearcher]
    serializer_class = ItemSerializer
    pagination_class = ItemPagination
    queryset = Task.objects.none()

    def get_queryset(self) -> QuerySet[Task]:
        self.batch = batch_for(signed_in(self.request), self.kwargs["batch_id"])
        return batch_tasks(self.batch)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        context = {"pseudonyms": pseudonyms_of(self.batch)}
        return self.get_paginated_response(ItemSerializer(page, many=True, context=context).data)
