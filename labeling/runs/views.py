"""Runs over HTTP: admins launch and steer, researchers of the project read."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.errors import InvalidError
from labeling.permissions import IsAdmin, IsResearcher, signed_in
from labeling.projects.models import Project
from labeling.projects.selectors import project_for
from labeling.registry.models import ModelVersion
from labeling.runs import selectors
from labeling.runs.estimate import estimate_run
from labeling.runs.forms import run_forms
from labeling.runs.models import Run, RunKind, RunStatus
from labeling.runs.serializers import (
    ChainSerializer,
    FormsSerializer,
    LogSerializer,
    MetricListSerializer,
    MetricSerializer,
    NewChainSerializer,
    NewHaltSerializer,
    NewRunSerializer,
    ResumeSerializer,
    RunEstimateSerializer,
    RunSerializer,
    SampleListSerializer,
)
from labeling.runs.services.chain import launch_chain
from labeling.runs.services.control import cancel_run, halt_run, resume_run
from labeling.runs.services.launch import launch_run
from labeling.runs.services.plan import plan_run

METRICS_AT_ONCE = 5000
SAMPLES_AT_ONCE = 8  # prompts; each may bring three answers with numbers for every token


def _project(request: Request, project_id: UUID | None) -> Project | None:
    return project_for(signed_in(request), project_id) if project_id else None


def _wanted(request: Request) -> dict[str, Any]:
    """A launch's body, as plan_run takes it."""
    data = NewRunSerializer(data=request.data)
    data.is_valid(raise_exception=True)
    return data.validated_data | {"project": _project(request, data.validated_data["project"])}


def _number(request: Request, name: str) -> int | None:
    """A whole number of the query, or None where it is not given."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise InvalidError(f"'{name}' must be a step.", errors={name: ["Must be a whole number from 0."]})
    return int(text)


class RunFormsView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=FormsSerializer)
    def get(self, request: Request) -> Response:
        """Each kind of run with its inputs and settings, their limits, and the paper's values."""
        return Response(FormsSerializer(run_forms()).data)


@extend_schema_view(
    get=extend_schema(
        parameters=[
            OpenApiParameter("project", OpenApiTypes.UUID),
            OpenApiParameter("kind", OpenApiTypes.STR, enum=RunKind.values),
            OpenApiParameter("status", OpenApiTypes.STR, enum=RunStatus.values),
            OpenApiParameter("chain", OpenApiTypes.UUID),
        ]
    )
)
class RunListView(generics.ListAPIView):
    """Runs, newest first."""

    serializer_class = RunSerializer
    queryset = Run.objects.none()

    def get_permissions(self) -> list:
        return [IsAdmin()] if self.request.method == "POST" else [IsResearcher()]

    def get_queryset(self) -> QuerySet[Run]:
        runs = selectors.visible_runs(signed_in(self.request))
        for name in ("project", "kind", "status", "chain"):
            value = self.request.query_params.get(name)
            if value:
                runs = runs.filter(**{name: _uuid(name, value) if name in ("project", "chain") else value})
        return runs

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        selectors.attach_outputs(page or [])
        return page

    @extend_schema(request=NewRunSerializer, responses={201: RunSerializer})
    def post(self, request: Request) -> Response:
        """Check a run and launch it: queued, or waiting where an input is the output of a run that is not done."""
        run = launch_run(actor=signed_in(request), **_wanted(request))
        return Response(RunSerializer(selectors.run_for(signed_in(request), run.pk)).data, status=201)


def _uuid(name: str, value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise InvalidError(f"'{name}' must be an id.", errors={name: ["Must be a UUID."]}) from error


class ChainView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(request=NewChainSerializer, responses={201: ChainSerializer})
    def post(self, request: Request) -> Response:
        """Freeze the project's accepted work, and launch SFT, RM, PPO and sampling, one after the other."""
        data = NewChainSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        wanted = dict(data.validated_data)
        wanted["project"] = project_for(signed_in(request), wanted["project"])
        base = ModelVersion.objects.filter(pk=wanted["base"]).first()
        if base is None:
            raise InvalidError("There is no such model to start from.", errors={"base": ["Unknown."]})
        chain, runs = launch_chain(actor=signed_in(request), **(wanted | {"base": base}))
        launched = [selectors.run_for(signed_in(request), run.pk) for run in runs]
        return Response(ChainSerializer({"chain": chain, "runs": launched}).data, status=201)


class EstimateView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(request=NewRunSerializer, responses=RunEstimateSerializer)
    def post(self, request: Request) -> Response:
        """What a run would be; the same checks as a launch, and nothing is made."""
        return Response(RunEstimateSerializer(estimate_run(plan_run(**_wanted(request)))).data)


class RunView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=RunSerializer)
    def get(self, request: Request, run_id: UUID) -> Response:
        return Response(RunSerializer(selectors.run_for(signed_in(request), run_id)).data)


class RunMetricsView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(
        responses=MetricListSerializer,
        parameters=[OpenApiParameter("after", OpenApiTypes.INT, description="Only steps after this one")],
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        """Metrics by step, oldest first."""
        run = selectors.run_for(signed_in(request), run_id)
        after = _number(request, "after")
        metrics = run.metrics.order_by("step")
        page = list((metrics if after is None else metrics.filter(step__gt=after))[: METRICS_AT_ONCE + 1])
        more = len(page) > METRICS_AT_ONCE
        page = page[:METRICS_AT_ONCE]
        return Response(
            {"results": MetricSerializer(page, many=True).data, "next": str(page[-1].step) if more else None}
        )


class RunSamplesView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(
        responses=SampleListSerializer,
        parameters=[
            OpenApiParameter("step", OpenApiTypes.INT, description="Of this step; the newest by default"),
            OpenApiParameter("first", OpenApiTypes.INT, description="From this place among its prompts on"),
        ],
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        """The sample texts of one step, some prompts at a time."""
        run = selectors.run_for(signed_in(request), run_id)
        steps = list(run.samples.order_by("step").values_list("step", flat=True).distinct())
        asked = _number(request, "step")
        step = asked if asked is not None else (steps[-1] if steps else 0)
        first = _number(request, "first") or 0
        of_step = run.samples.filter(step=step)
        page = list(of_step.filter(index__gte=first).order_by("index")[: SAMPLES_AT_ONCE + 1])
        more = page[SAMPLES_AT_ONCE:]
        answer = {
            "results": page[:SAMPLES_AT_ONCE],
            "steps": steps,
            "count": of_step.count(),
            "next": str(more[0].index) if more else None,
            "previous": str(max(0, first - SAMPLES_AT_ONCE)) if first else None,
        }
        return Response(SampleListSerializer(answer).data)


class RunLogView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=LogSerializer)
    def get(self, request: Request, run_id: UUID) -> Response:
        """The end of what the trainer printed."""
        text, truncated = selectors.log_tail(selectors.run_for(signed_in(request), run_id))
        return Response({"text": text, "truncated": truncated})


class RunCancelView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(request=None, responses=RunSerializer)
    def post(self, request: Request, run_id: UUID) -> Response:
        """Ask a run to write its checkpoint and stop."""
        cancel_run(actor=signed_in(request), run=selectors.run_for(signed_in(request), run_id))
        return Response(RunSerializer(selectors.run_for(signed_in(request), run_id)).data)


class RunHaltView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(request=NewHaltSerializer, responses=RunSerializer)
    def post(self, request: Request, run_id: UUID) -> Response:
        """End a run that goes wrong, at once and without a checkpoint; it says by whom and why."""
        data = NewHaltSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        halt_run(
            actor=signed_in(request),
            run=selectors.run_for(signed_in(request), run_id),
            why=data.validated_data["why"],
        )
        return Response(RunSerializer(selectors.run_for(signed_in(request), run_id)).data)


class RunResumeView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(request=ResumeSerializer, responses=RunSerializer)
    def post(self, request: Request, run_id: UUID) -> Response:
        """Let a cancelled, failed or, where that is chosen, halted run go on from its last checkpoint."""
        data = ResumeSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        resume_run(
            actor=signed_in(request),
            run=selectors.run_for(signed_in(request), run_id),
            although_halted=data.validated_data["although_halted"],
        )
        return Response(RunSerializer(selectors.run_for(signed_in(request), run_id)).data)
