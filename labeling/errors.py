"""The one place where errors become HTTP: RFC 9457 problem details with a `code` and, for fields, `errors`."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response


class DomainError(Exception):
    """Something that a service refuses. The message says what was wrong and what to do, for the person who did it."""

    status: int = status.HTTP_400_BAD_REQUEST
    code = "invalid"

    def __init__(self, message: str, *, code: str = "", extra: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.extra = extra or {}


class InvalidError(DomainError):
    """The request's content is wrong; `errors` names the fields."""

    def __init__(self, message: str, *, errors: dict[str, Any] | None = None, code: str = "") -> None:
        super().__init__(message, code=code, extra={"errors": errors} if errors else None)


class ConflictError(DomainError):
    """The request was right once, but the object has moved on."""

    status = status.HTTP_409_CONFLICT
    code = "conflict"


class ForbiddenError(DomainError):
    """The user may see the object but not do this to it."""

    status = status.HTTP_403_FORBIDDEN
    code = "forbidden"


class NotFoundError(DomainError):
    """There is no such object among those that the user may see."""

    status = status.HTTP_404_NOT_FOUND
    code = "not_found"


class TooLargeError(DomainError):
    """More bytes than are taken; the message says how many are."""

    status = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    code = "too_large"


def problem(status_code: int, code: str, detail: str, **extra: Any) -> Response:
    """A problem details response (RFC 9457)."""
    titles = {
        400: "Bad request",
        401: "Not signed in",
        403: "Not allowed",
        404: "Not found",
        409: "Conflict",
        413: "Too large",
    }
    body = {
        "type": "about:blank",
        "title": titles.get(status_code, "Error"),
        "status": status_code,
        "code": code,
        "detail": detail,
        **extra,
    }
    return Response(body, status=status_code, content_type="application/problem+json")


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler."""
    if isinstance(error, DomainError):
        return problem(error.status, error.code, error.message, **error.extra)
    if isinstance(error, Http404):
        return problem(404, "not_found", "There is no such object, or you may not see it.")
    if isinstance(error, PermissionDenied):
        return problem(403, "forbidden", "Your role does not allow this.")
    if isinstance(error, exceptions.ValidationError):
        detail = error.detail
        errors = detail if isinstance(detail, dict) else {"non_field_errors": detail}
        return problem(400, "invalid", "Some fields are missing or wrong.", errors=errors)
    if isinstance(error, exceptions.APIException):
        response = problem(error.status_code, str(error.default_code), str(error.detail))
        if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            response["WWW-Authenticate"] = getattr(error, "auth_header", "Bearer")
        wait = getattr(error, "wait", None)  # of Throttled, in seconds
        if wait:
            response["Retry-After"] = str(int(wait) + 1)
        return response
    return None
