"""Who may call what, by role. Which objects they may touch is the selectors' work."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from labeling.accounts.models import Role, User


class HasRole(BasePermission):
    roles: tuple[str, ...] = ()
    message = "Your role does not allow this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user.is_authenticated and request.user.role in self.roles)


class IsLabeler(HasRole):
    roles = (Role.LABELER,)


class IsAdmin(HasRole):
    roles = (Role.ADMIN,)


class IsResearcher(HasRole):
    """Researchers, and admins, who may do all that researchers may."""

    roles = (Role.RESEARCHER, Role.ADMIN)


def signed_in(request: Request) -> User:
    """The person behind a request that the permissions have let through."""
    assert isinstance(request.user, User), "the default permission is IsAuthenticated"
    return request.user
