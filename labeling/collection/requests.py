"""The first of a view's three moves: parse."""

from typing import Any

from rest_framework import serializers


def checked(serializer: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    """The request's data, checked; DRF's ValidationError names the fields that are wrong."""
    sent = serializer(data=data)
    sent.is_valid(raise_exception=True)
    return sent.validated_data
