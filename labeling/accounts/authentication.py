"""Bearer tokens for programs. Browsers use Django's session with CSRF."""

import hashlib
from datetime import timedelta

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from labeling.accounts.models import Token, User
from labeling.prepared import Prepared

_LIVE_TOKEN = Prepared(
    lambda token_hash: Token.objects.select_related("user").filter(
        token_hash=token_hash, revoked_at=None, user__is_active=True
    ),
    token_hash=str,
)


def hash_token(token: str) -> str:
    """SHA-256, hex. Tokens carry 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


class BearerTokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("The Authorization header must read: Bearer TOKEN.")
        token = _LIVE_TOKEN.first(token_hash=hash_token(parts[1].decode("latin-1")))
        if token is None:
            raise AuthenticationFailed("This token is unknown, revoked, or its user was deactivated.")
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
            Token.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
