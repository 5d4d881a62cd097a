"""The first of a view's three moves: parse."""

from functools import cache
from typing import Any

from rest_framework import serializers


def checked(serializer: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    """The request's data, checked; DRF's ValidationError names the fields that are wrong."""
    return _one(serializer).run_validation(data)


def shown(serializer: type[serializers.Serializer], instance: Any) -> dict[str, Any]:
    """What this serializer, which needs no context, shows of an object."""
    return _one(serializer).to_representation(instance)


@cache
def _one(serializer: type[serializers.Serializer]) -> serializers.Serializer:
    """One of each for good: a new one copies all its fields, which takes longer than what they do.

    Neither checking nor showing leaves anything behind in it, so that threads may share it.
    """
    return serializer()
