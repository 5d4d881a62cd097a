"""One setting: a dataclass field that knows what a form needs, and how a value of it is checked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any


class ConfigError(ValueError):
    """Settings or inputs that cannot be run; `errors` maps each field to a message for people."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in self.errors.items()))


def setting(
    default: Any,
    help: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: Sequence[Any] = (),
    paper: str = "",
) -> Any:
    """A dataclass field with what the form needs to know about it."""
    return field(
        default=default,
        metadata={
            "help": help,
            "minimum": minimum,
            "maximum": maximum,
            "choices": tuple(choices),
            "paper": paper,
        },
    )


TYPE_NAMES = {int: "integer", float: "number", bool: "boolean", str: "string"}


def _as_type(value: Any, wanted: type) -> Any:
    """A value as a setting's type; text is read as on a command line. Raises ValueError with what is
    wanted."""
    if wanted is bool:
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise ValueError("must be true or false")
        return value
    if isinstance(value, bool):
        raise ValueError(f"must be a {TYPE_NAMES[wanted]}")
    if wanted is str:
        if not isinstance(value, str):
            raise ValueError("must be a string")
        return value
    try:
        number = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"must be a {'whole ' if wanted is int else ''}number")
    if wanted is int:
        if number != int(number):
            raise ValueError("must be a whole number")
        return int(value) if isinstance(value, int) else int(number)
    return number


def check(spec: Any, value: Any, wanted: type) -> Any:
    """A value as the setting's type and within its limits. Raises ValueError with what is wanted."""
    value = _as_type(value, wanted)
    low, high, choices = spec.metadata["minimum"], spec.metadata["maximum"], spec.metadata["choices"]
    if low is not None and value < low:
        raise ValueError(f"must be {low:g} or more")
    if high is not None and value > high:
        raise ValueError(f"must be {high:g} or less")
    if choices and value not in choices:
        raise ValueError(f"must be one of {', '.join(map(str, choices))}")
    return value
