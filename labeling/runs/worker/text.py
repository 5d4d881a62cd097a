"""What a model writes, as the database can hold it."""

from typing import Any


def storable(value: Any) -> Any:
    """A JSON value whose texts have no NUL and no half of a surrogate pair, which PostgreSQL takes in no text.

    A model can write either; the replacement character stands in their place, and the run's files keep the original.
    """
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(name): storable(item) for name, item in value.items()}
    return value
