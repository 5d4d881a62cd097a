"""JSON bodies, bounded, and without the two things that JSON can say and PostgreSQL cannot store."""

import re
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import JSONParser

from labeling.errors import TooLargeError

# NUL, and halves of surrogate pairs: an editor that cuts a text in the middle of an emoji leaves one.
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\ufffd"


class BoundedJSONParser(JSONParser):
    """DRF reads a body of any size; Django's own bound holds for forms only."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLargeError(f"A request has at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes.")
        return _storable(super().parse(stream, media_type, parser_context))


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _NOT_STORABLE.sub(REPLACEMENT, value)
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value
