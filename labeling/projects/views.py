from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth import login
from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling.accounts import services as accounts
from labeling.accounts.models import Invitation, User
from labeling.accounts.serializers import (
    InvitationAcceptSerializer,
    InvitationLookupSerializer,
    InvitationSerializer,
    NewInvitationSerializer,
    OpenInvitationSerializer,
    UserSerializer,
)
from labeling.errors import InvalidError
from labeling.permissions import IsAdmin, IsResearcher, signed_in
from labeling.projects import selectors, services
from labeling.projects.models import Guideline, GuidelineAcknowledgement, Membership, Project, Rubric
from labeling.projects.serializers import (
    ChecksSerializer,
    GuidelineSerializer,
    MemberChangeSerializer,
    MemberSerializer,
    NewGuidelineSerializer,
    NewInvitationRequestSerializer,
    NewMemberSerializer,
    NewRubricSerializer,
    ProjectSerializer,
    RubricSerializer,
    RubricTemplateSerializer,
)


class InvitationListView(generics.ListAPIView):
    permission_classes = [IsAdmin]
    serializer_class = InvitationSerializer
    queryset = Invitation.objects.select_related("resets", "used_by")

    @extend_schema(request=NewInvitationRequestSerializer, responses={201: NewInvitationSerializer})
    def post(self, request: Request) -> Response:
        """Invite a person by a single-use link: the answer's token goes behind /join#."""
        data = NewInvitationRequestSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        wanted = data.validated_data
        project = selectors.project_for(signed_in(request), wanted["project"]) if wanted["project"] else None
        invitation, token = services.invite(
            actor=signed_in(request), role=wanted["role"], note=wanted["note"], project=project, pool=wanted["pool"]
        )
        invitation.token = token  # type: ignore[attr-defined]
        return Response(NewInvitationSerializer(invitation).data, status=201)


class InvitationView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(responses={204: None})
    def delete(self, request: Request, invitation_id: UUID) -> Response:
        """Revoke a link that was not used yet."""
        accounts.revoke_invitation(actor=signed_in(request), invitation=get_object_or_404(Invitation, pk=invitation_id))
        return Response(status=204)


class InvitationLookupView(APIView):
    permission_classes = [AllowAny]
    authentication_classes = []

    @extend_schema(request=InvitationLookupSerializer, responses=OpenInvitationSerializer)
    def post(self, request: Request) -> Response:
        """What a link is for. POST, so that the token stands in no log."""
        data = InvitationLookupSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        return Response(OpenInvitationSerializer(accounts.open_invitation(data.validated_data["token"])).data)


class InvitationAcceptView(APIView):
    permission_classes = [AllowAny]
    authentication_classes = []

    @extend_schema(request=InvitationAcceptSerializer, responses={201: UserSerializer})
    def post(self, request: Request) -> Response:
        """Make the account, or set the new password, and sign in."""
        data = InvitationAcceptSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        user = services.accept_invitation(**data.validated_data)
        login(request._request, user, backend="django.contrib.auth.backends.ModelBackend")
        return Response(UserSerializer(user).data, status=201)


class ProjectListView(generics.ListAPIView):
    serializer_class = ProjectSerializer
    queryset = Project.objects.none()

    def get_permissions(self) -> Sequence[Any]:
        return [IsResearcher()] if self.request.method == "POST" else super().get_permissions()

    def get_queryset(self) -> QuerySet[Project]:
        return selectors.visible_projects(signed_in(self.request))

    @extend_schema(request=ProjectSerializer, responses={201: ProjectSerializer})
    def post(self, request: Request) -> Response:
        data = ProjectSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        project = services.create_project(actor=signed_in(request), **data.validated_data)
        return Response(ProjectSerializer(selectors.project_for(signed_in(request), project.pk)).data, status=201)


class ProjectView(APIView):
    @extend_schema(responses=ProjectSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        return Response(ProjectSerializer(selectors.project_for(signed_in(request), project_id)).data)

    @extend_schema(request=ProjectSerializer, responses=ProjectSerializer)
    def patch(self, request: Request, project_id: UUID) -> Response:
        project = selectors.project_to_lead(signed_in(request), project_id)
        data = ProjectSerializer(project, data=request.data, partial=True)
        data.is_valid(raise_exception=True)
        services.change_project(actor=signed_in(request), project=project, **data.validated_data)
        return Response(ProjectSerializer(project).data)


class ChecksView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=ChecksSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Screening and calibration gates, the rates of gold and constant items, soft cutoffs."""
        return Response(ChecksSerializer(selectors.project_to_lead(signed_in(request), project_id)).data)

    @extend_schema(request=ChecksSerializer, responses=ChecksSerializer)
    def patch(self, request: Request, project_id: UUID) -> Response:
        project = selectors.project_to_lead(signed_in(request), project_id)
        data = ChecksSerializer(project, data=request.data, partial=True)
        data.is_valid(raise_exception=True)
        services.change_project(actor=signed_in(request), project=project, **data.validated_data)
        return Response(ChecksSerializer(project).data)


class MemberListView(generics.ListAPIView):
    permission_classes = [IsResearcher]
    serializer_class = MemberSerializer
    queryset = Membership.objects.none()

    def get_queryset(self) -> QuerySet[Membership]:
        project = selectors.project_to_lead(signed_in(self.request), self.kwargs["project_id"])
        return project.memberships.select_related("user").filter(user__imported=False)

    @extend_schema(request=NewMemberSerializer, responses={201: MemberSerializer})
    def post(self, request: Request, project_id: UUID) -> Response:
        project = selectors.project_to_lead(signed_in(request), project_id)
        data = NewMemberSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        wanted = data.validated_data
        user = User.objects.filter(username__iexact=wanted["username"], imported=False).first()
        if user is None:
            raise InvalidError(
                f"There is no user '{wanted['username']}'. An admin can invite them.",
                errors={"username": ["Unknown."]},
            )
        member = services.add_member(
            actor=signed_in(request), project=project, user=user, pool=wanted["pool"], qualified=wanted["qualified"]
        )
        return Response(MemberSerializer(member).data, status=201)


class MemberView(APIView):
    permission_classes = [IsResearcher]

    def _member(self, request: Request, member_id: UUID) -> Membership:
        visible = selectors.visible_projects(signed_in(request))
        members = Membership.objects.select_related("user", "project").filter(project__in=visible)
        return get_object_or_404(members, pk=member_id, user__imported=False)

    @extend_schema(request=MemberChangeSerializer, responses=MemberSerializer)
    def patch(self, request: Request, member_id: UUID) -> Response:
        member = self._member(request, member_id)
        data = MemberChangeSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        services.change_member(actor=signed_in(request), member=member, **data.validated_data)
        return Response(MemberSerializer(member).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, member_id: UUID) -> Response:
        services.remove_member(actor=signed_in(request), member=self._member(request, member_id))
        return Response(status=204)


@extend_schema(parameters=[OpenApiParameter("kind", OpenApiTypes.STR)])
class GuidelineListView(generics.ListAPIView):
    """A project's guidelines, newest first."""

    serializer_class = GuidelineSerializer
    queryset = Guideline.objects.none()

    def get_queryset(self) -> QuerySet[Guideline]:
        project = selectors.project_for(signed_in(self.request), self.kwargs["project_id"])
        read = GuidelineAcknowledgement.objects.filter(guideline=OuterRef("pk"), user=signed_in(self.request))
        guidelines = project.guidelines.annotate(acknowledged=Exists(read))
        kind = self.request.query_params.get("kind")
        return guidelines.filter(kind=kind) if kind else guidelines

    @extend_schema(request=NewGuidelineSerializer, responses={201: GuidelineSerializer})
    def post(self, request: Request, project_id: UUID) -> Response:
        project = selectors.project_to_lead(signed_in(request), project_id)
        data = NewGuidelineSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        guideline = services.publish_guideline(actor=signed_in(request), project=project, **data.validated_data)
        guideline.acknowledged = False  # type: ignore[attr-defined]
        return Response(GuidelineSerializer(guideline).data, status=201)


class AcknowledgeView(APIView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, guideline_id: UUID) -> Response:
        guideline = get_object_or_404(
            Guideline, pk=guideline_id, project__in=selectors.visible_projects(signed_in(request))
        )
        services.acknowledge_guideline(user=signed_in(request), guideline=guideline)
        return Response(status=204)


class RubricListView(generics.ListAPIView):
    """A project's rubrics, newest first."""

    serializer_class = RubricSerializer
    queryset = Rubric.objects.none()

    def get_queryset(self) -> QuerySet[Rubric]:
        return selectors.project_for(signed_in(self.request), self.kwargs["project_id"]).rubrics.all()

    @extend_schema(request=NewRubricSerializer, responses={201: RubricSerializer})
    def post(self, request: Request, project_id: UUID) -> Response:
        project = selectors.project_to_lead(signed_in(request), project_id)
        data = NewRubricSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        rubric = services.publish_rubric(actor=signed_in(request), project=project, **data.validated_data)
        return Response(RubricSerializer(rubric).data, status=201)


class RubricTemplatesView(APIView):
    permission_classes = [IsResearcher]

    @extend_schema(responses=RubricTemplateSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Rubrics to begin from: the paper's (Fig. 12), its toxicity task (Fig. 11), two outputs by confidence."""
        return Response(RubricTemplateSerializer(services.rubric_templates(), many=True).data)
