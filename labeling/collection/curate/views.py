"""Curating: what the data are made of, what repeats, what holds personal data, and what to label next."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.collection.curate.choose import MEASURES, chosen_by
from labeling.collection.curate.composition import composition, set_consent, set_target_mix
from labeling.collection.curate.near_duplicates import (
    decide_pair,
    leaks,
    search_near_duplicates,
    unsearched,
    waiting_pairs,
)
from labeling.collection.curate.personal_data import decide_personal_data, personal_data_queue
from labeling.collection.curate.serializers import (
    ChoiceSerializer,
    ConsentChangedSerializer,
    ConsentSerializer,
    CurateSerializer,
    NearDuplicateSerializer,
    PairDecisionSerializer,
    PersonalDataDecisionSerializer,
    PersonalDataSerializer,
    SearchedSerializer,
    TargetMixSerializer,
    composition_parts,
)
from labeling.collection.models import NearDuplicate, Prompt
from labeling.collection.requests import checked
from labeling.collection.selectors.prompts import visible_prompts
from labeling.collection.serializers.batches import NewBatchSerializer
from labeling.collection.serializers.prompts import PromptDetailSerializer
from labeling.collection.services.publish_batch import coming_batch_number, plan_batch
from labeling.errors import InvalidError
from labeling.pagination import CursorPagination
from labeling.permissions import IsResearcher, signed_in
from labeling.projects.models import Project
from labeling.projects.selectors import project_to_lead, visible_projects

FIRST_SHOWN = 20
TEXT_SHOWN = 200


def _curate(project: Project) -> dict:
    found = composition(project)
    pairs = waiting_pairs(project)
    return {
        "prompts": found.total.prompts,
        "consent": found.total.consent,
        "labeled": found.total.labeled,
        "composition": composition_parts(found),
        "personal_data": personal_data_queue(project).count(),
        "near_duplicates": pairs.count(),
        "leaks": leaks(pairs).count(),
        "unsearched": unsearched(project).count(),
    }


class CurateView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=CurateSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Prompts by use case, source, split, language and length, beside the target mix; and what is to be decided."""
        return Response(CurateSerializer(_curate(project_to_lead(signed_in(request), project_id))).data)


class TargetMixView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=TargetMixSerializer, responses=CurateSerializer)
    def put(self, request: Request, project_id: UUID) -> Response:
        """Aim at a mix of use cases, sources or languages."""
        project = project_to_lead(signed_in(request), project_id)
        set_target_mix(actor=signed_in(request), project=project, **checked(TargetMixSerializer, request.data))
        return Response(CurateSerializer(_curate(project)).data)


class ConsentView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=ConsentSerializer, responses=ConsentChangedSerializer)
    def post(self, request: Request, project_id: UUID) -> Response:
        """Give or take the consent of all prompts of a source. Taking it marks the snapshots that hold them."""
        project = project_to_lead(signed_in(request), project_id)
        changed = set_consent(actor=signed_in(request), project=project, **checked(ConsentSerializer, request.data))
        return Response({"changed": changed})


class OldestFirst(CursorPagination):
    page_size = 20
    ordering = ("created_at", "id")


class PersonalDataListView(generics.ListAPIView):
    """Prompts that were held back, in which personal data was masked, or that labelers reported; oldest first."""

    permission_classes = [IsResearcher]
    serializer_class = PersonalDataSerializer
    pagination_class = OldestFirst
    queryset = Prompt.objects.none()

    def get_queryset(self) -> QuerySet[Prompt]:
        project = project_to_lead(signed_in(self.request), self.kwargs["project_id"])
        return personal_data_queue(project, visible_prompts(signed_in(self.request)))


class PersonalDataDecisionView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=PersonalDataDecisionSerializer, responses=PromptDetailSerializer)
    def post(self, request: Request, prompt_id: UUID) -> Response:
        """Keep the prompt, mask pieces of it and of its outputs, or withdraw it; kept and masked ones are freed."""
        prompt = get_object_or_404(visible_prompts(signed_in(request)), pk=prompt_id)
        decided = checked(PersonalDataDecisionSerializer, request.data)
        decide_personal_data(actor=signed_in(request), prompt=prompt, **decided)
        return Response(PromptDetailSerializer(visible_prompts(signed_in(request)).get(pk=prompt_id)).data)


class MostAlikeFirst(CursorPagination):
    page_size = 20
    ordering = ("-similarity", "id")


class NearDuplicateListView(generics.ListAPIView):
    """Pairs of prompts that nearly repeat each other and are to be decided on, the most alike first."""

    permission_classes = [IsResearcher]
    serializer_class = NearDuplicateSerializer
    pagination_class = MostAlikeFirst
    queryset = NearDuplicate.objects.none()

    def get_queryset(self) -> QuerySet[NearDuplicate]:
        return waiting_pairs(project_to_lead(signed_in(self.request), self.kwargs["project_id"]))


class NearDuplicateSearchView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=None, responses=SearchedSerializer)
    def post(self, request: Request, project_id: UUID) -> Response:
        """Compare the next five hundred prompts with those before them."""
        project = project_to_lead(signed_in(request), project_id)
        found = search_near_duplicates(project)
        return Response({"found": found, "unsearched": unsearched(project).count()})


class NearDuplicateDecisionView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=PairDecisionSerializer, responses=NearDuplicateSerializer)
    def post(self, request: Request, pair_id: int) -> Response:
        """Keep one of the two and withdraw the other, or keep both."""
        visible = NearDuplicate.objects.filter(project__in=visible_projects(signed_in(request)))
        pair = get_object_or_404(visible, pk=pair_id)
        keep = checked(PairDecisionSerializer, request.data)["keep"]
        return Response(NearDuplicateSerializer(decide_pair(actor=signed_in(request), pair=pair, keep=keep)).data)


class ChooseView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(request=NewBatchSerializer, responses=ChoiceSerializer)
    def post(self, request: Request, project_id: UUID) -> Response:
        """Which prompts this body would publish by its `choose`, and why. Nothing is written."""
        project = project_to_lead(signed_in(request), project_id)
        wanted = checked(NewBatchSerializer, request.data)
        wanted.pop("sensitive", None)
        if not wanted.get("choose"):
            raise InvalidError("Say how to choose.", errors={"choose": [f"Weights of some of {', '.join(MEASURES)}."]})
        plan = plan_batch(actor=signed_in(request), project=project, number=coming_batch_number(project), **wanted)
        chosen = [plan.chosen[prompt.pk] for prompt in plan.prompts]
        first = [
            {
                "prompt": prompt.pk,
                "text": prompt.messages[-1]["content"][:TEXT_SHOWN],
                "use_case": prompt.use_case,
                **plan.chosen[prompt.pk].as_stored(),
            }
            for prompt in plan.first_prompts(FIRST_SHOWN)
        ]
        reasons = [{"reason": reason, "tasks": tasks} for reason, tasks in chosen_by(chosen).items()]
        return Response(ChoiceSerializer({"tasks": len(chosen), "reasons": reasons, "first": first}).data)
