"""Rows of the tables of counts, made as columns and written in one statement."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from labeling.review.statistics.bootstrap import MAX_BLOCKS

Columns = list[tuple[str, str, list[Any]]]
"""A table's columns: name, type, and the values in the order of rows."""


def ids(of: Iterable[Any]) -> list[str]:
    return [str(one) for one in of]


def array(values: Iterable[Any]) -> str:
    """An array of PostgreSQL, of ids or numbers, as text."""
    return "{" + ",".join(str(value) for value in values) + "}"


def insert(table: str, project_id: UUID, columns: Columns) -> None:
    names = ", ".join(name for name, _, _ in columns)
    # An array of arrays of unequal lengths is no array of PostgreSQL, so an inner one crosses as text.
    places = ", ".join("%s::text[]" if kind.endswith("[]") else f"%s::{kind}[]" for _, kind, _ in columns)
    values = ", ".join(f"made.{name}::{kind}" for name, kind, _ in columns)
    sql = f"INSERT INTO {table} (project_id, {names}) SELECT %s, {values} FROM unnest({places}) AS made ({names})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(project_id), *(column for _, _, column in columns)])


def block_of(prompt: UUID) -> int:
    """The block in which a prompt is drawn: from its id, which is random."""
    return prompt.int % MAX_BLOCKS


def of_prompts(prompts: Sequence[UUID]) -> Columns:
    return [
        ("prompt_id", "uuid", ids(prompts)),
        ("block", "smallint", [block_of(prompt) for prompt in prompts]),
    ]
