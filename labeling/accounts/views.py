"""Sessions, people, tokens and the audit log. Invitations are in projects/, because they may bring a place in one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from labeling.accounts import services
from labeling.accounts.models import Event, Token, User
from labeling.accounts.serializers import (
    EventSerializer,
    NewInvitationSerializer,
    NewTokenSerializer,
    PasswordChangeSerializer,
    SignInSerializer,
    TokenSerializer,
    UserChangeSerializer,
    UserSerializer,
)
from labeling.errors import InvalidError
from labeling.permissions import IsAdmin, signed_in


class SessionView(APIView):
    def get_permissions(self) -> Sequence[Any]:
        return [AllowAny()] if self.request.method == "POST" else super().get_permissions()

    @extend_schema(request=SignInSerializer, responses=UserSerializer)
    def post(self, request: Request) -> Response:
        """Sign in. Ten wrong passwords for a name from one address lock it there for a quarter of an hour."""
        data = SignInSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        user = authenticate(request._request, **data.validated_data)
        if getattr(request._request, "axes_locked_out", False):
            raise Throttled(detail="Too many wrong passwords. Wait a quarter of an hour, or ask an admin for a reset.")
        if user is None:
            raise InvalidError("The name or the password is wrong.", code="wrong_credentials")
        login(request._request, user)
        return Response(UserSerializer(user).data)

    @extend_schema(responses=UserSerializer)
    def get(self, request: Request) -> Response:
        return Response(UserSerializer(signed_in(request)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        logout(request._request)
        return Response(status=204)


class PasswordView(APIView):
    @extend_schema(request=PasswordChangeSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Change one's own password; other sessions of the account end."""
        data = PasswordChangeSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        services.change_password(user=signed_in(request), **data.validated_data)
        if request.auth is None:  # a token has no session to keep
            update_session_auth_hash(request._request, signed_in(request))
        return Response(status=204)


class UserListView(generics.ListAPIView):
    permission_classes = [IsAdmin]
    serializer_class = UserSerializer
    queryset = User.objects.filter(imported=False)


class UserView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(request=UserChangeSerializer, responses=UserSerializer)
    def patch(self, request: Request, user_id: UUID) -> Response:
        data = UserChangeSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        user = get_object_or_404(User, pk=user_id)
        user = services.change_user(actor=signed_in(request), user=user, **data.validated_data)
        return Response(UserSerializer(user).data)


class UserResetView(APIView):
    permission_classes = [IsAdmin]

    @extend_schema(request=None, responses={201: NewInvitationSerializer})
    def post(self, request: Request, user_id: UUID) -> Response:
        """Make a link with which this person chooses a new password."""
        user = get_object_or_404(User, pk=user_id, imported=False)
        invitation, token = services.offer_password_reset(actor=signed_in(request), user=user)
        invitation.token = token  # type: ignore[attr-defined]
        return Response(NewInvitationSerializer(invitation).data, status=201)


class TokenListView(generics.ListAPIView):
    """One's own tokens."""

    serializer_class = TokenSerializer
    queryset = Token.objects.none()

    def get_queryset(self) -> QuerySet[Token]:
        return Token.objects.filter(user=signed_in(self.request))

    @extend_schema(request=TokenSerializer, responses={201: NewTokenSerializer})
    def post(self, request: Request) -> Response:
        data: BaseSerializer = TokenSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        token, secret = services.create_token(
            actor=signed_in(request), user=signed_in(request), name=data.validated_data["name"]
        )
        token.token = secret  # type: ignore[attr-defined]
        return Response(NewTokenSerializer(token).data, status=201)


class TokenView(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: UUID) -> Response:
        token = get_object_or_404(Token, pk=token_id, user=signed_in(request))
        services.revoke_token(actor=signed_in(request), token=token)
        return Response(status=204)


@extend_schema(
    parameters=[
        OpenApiParameter("object_type", OpenApiTypes.STR),
        OpenApiParameter("object_id", OpenApiTypes.STR),
        OpenApiParameter("actor", OpenApiTypes.STR, description="A user name"),
    ]
)
class EventListView(generics.ListAPIView):
    """The audit log, newest first."""

    permission_classes = [IsAdmin]
    serializer_class = EventSerializer
    queryset = Event.objects.select_related("actor")

    def get_queryset(self) -> QuerySet[Event]:
        events = super().get_queryset()
        asked = self.request.query_params
        if asked.get("object_type"):
            events = events.filter(object_type=asked["object_type"])
        if asked.get("object_id"):
            events = events.filter(object_id=asked["object_id"])
        if asked.get("actor"):
            events = events.filter(actor__username__iexact=asked["actor"])
        return events
