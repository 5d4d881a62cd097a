"""Uploaded files: bounded before a byte of them is stored."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request

from labeling.collection.services.import_prompts import too_large_upload

# What multipart adds around the file: boundaries and the few other fields.
FORM_BYTES = 64 * 1024


def upload_data(request: Request) -> Any:
    """The form's fields. TooLargeError by the declared length, before the body is read; servers cut off the rest."""
    declared = int(request.META.get("CONTENT_LENGTH") or 0)
    if declared > settings.UPLOAD_MAX_BYTES + FORM_BYTES:
        raise too_large_upload()
    return request.data
