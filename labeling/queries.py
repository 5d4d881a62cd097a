"""Values of query strings, read without trusting them."""

from uuid import UUID


def uuid_or_none(text: str) -> UUID | None:
    """The UUID, or None for anything else: a filter on None finds nothing, as a wrong id should."""
    try:
        return UUID(text)
    except ValueError:
        return None
