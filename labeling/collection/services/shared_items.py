"""Shared items: most tasks of a batch have one labeler, a drawn share has several, so that agreement is measured."""

from collections.abc import Iterable
from uuid import UUID

from labeling.collection.cleaning.texts import digest
from labeling.collection.models import TaskPurpose
from labeling.errors import InvalidError


def check_shared(*, purpose: str, share: float | None, shared_overlap: int | None, overlap: int | None) -> None:
    """Raise InvalidError, by field, where these do not go together."""
    errors = {}
    if share is not None and purpose != TaskPurpose.WORK:
        errors["shared_share"] = ["Only work is shared: of all else everybody has a task of their own."]
    elif share is not None and overlap is not None:
        errors["overlap"] = ["Shared tasks have the overlap below, and all others one labeler. Leave this out."]
    elif share is not None and shared_overlap is None:
        errors["shared_overlap"] = ["Say how many labelers judge each shared task."]
    elif share is None and shared_overlap is not None:
        errors["shared_share"] = ["Say which share of the tasks is shared."]
    if errors:
        raise InvalidError("These settings of shared tasks do not go together.", errors=errors)


def draw_shared(prompts: Iterable[UUID], *, share: float, number: int) -> set[UUID]:
    """The prompts whose tasks are shared in the batch of this number: `share` of them (0 to 1), rounded, at least one.

    By a digest: the same for the same batch, and nothing that anybody could choose.
    """
    by_lot = sorted(prompts, key=lambda prompt: digest("shared", str(number), str(prompt)))
    return set(by_lot[: max(1, round(share * len(by_lot)))])
