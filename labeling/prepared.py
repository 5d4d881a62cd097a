"""Queries of the busiest requests, made and planned once and not at each call.

A labeler's `next` has a dozen of them. Of a query with a few joins Django makes the SQL in 1 to 3 ms of CPU, and
PostgreSQL the plan in about 1; answering it takes less than either. So the SQL is kept by this process, the plan by
the connection (PREPARE), and what was a queryset stays one, with its models and joins:

    OWN = Prepared(lambda labeler: Assignment.objects.select_related("task").filter(labeler=labeler), labeler=UUID)
    OWN(labeler=user.pk)  # a list of assignments
    insert(Event(...))  # as Event(...).save() does; no signals
    insert(*ratings)
    update(assignment, "state", "draft")  # as assignment.save(update_fields=[...])

A pooler between site and PostgreSQL must keep a session's connection (PgBouncer: pool_mode=session).
"""

import threading
import uuid
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.fields import AutoField
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)

# For each connection of psycopg2, which ends with its plans: SQL -> the name of its plan.
_plans: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()


def prepared_rows(sql: str, values: Sequence[Any]) -> list[tuple]:
    """The rows of this SQL, with a %s for each value, planned once per connection."""
    with connection.cursor() as cursor:
        plans = _plans.setdefault(cursor.connection, {})
        name = plans.get(sql)
        if name is None:
            name = f"concord_{len(plans)}"
            places = (f"${place}" for place in count(1))
            cursor.execute(f"PREPARE {name} AS {_fill(sql, places)}")
            plans[sql] = name
        cursor.execute(f"EXECUTE {name} ({', '.join(['%s'] * len(values))})" if values else f"EXECUTE {name}", values)
        return cursor.fetchall()


def _fill(sql: str, texts: Any) -> str:
    """The SQL with the next of these texts in place of each %s."""
    first, *rest = sql.split("%s")
    return first + "".join(text + part for text, part in zip(texts, rest))  # noqa: B905 (`texts` may be endless)


class Prepared(Generic[M]):
    """A queryset with named values, UUIDs or strings: what changes between calls is given at the call."""

    def __init__(self, make: Callable[..., QuerySet[M]], **values: type) -> None:
        """`make` takes the values by name; it must use each of them, as a plain value of a lookup."""
        self._make = make
        self._types = values
        self._made = threading.local()  # a compiler belongs to its thread's connection

    def __call__(self, **values: uuid.UUID | str) -> list[M]:
        if not hasattr(self._made, "compiler"):
            self._compile()
        rows = prepared_rows(self._made.sql, [values[name] for name in self._made.given])
        return [self._object(row) for row in self._made.compiler.results_iter([rows])]

    def first(self, **values: uuid.UUID | str) -> M | None:
        """The first row, or None."""
        return next(iter(self(**values)), None)

    def _compile(self) -> None:
        # Values that nobody else has, to be found again among the query's parameters.
        stand_ins = {name: kind(str(uuid.uuid4())) for name, kind in self._types.items()}
        compiler = self._make(**stand_ins).query.get_compiler(using=connection.alias)
        sql, params = compiler.as_sql()
        name_of = {stand_in: name for name, stand_in in stand_ins.items()}
        names = [name_of.get(param) if isinstance(param, uuid.UUID | str) else None for param in params]
        self._made.given = [name for name in names if name]
        if missing := stand_ins.keys() - set(self._made.given):
            raise ValueError(f"The query does not use {', '.join(sorted(missing))}.")
        with connection.cursor() as cursor:
            constants = [cursor.mogrify("%s", [param]).decode() for param in params]
        texts = ("%s" if name else text for name, text in zip(names, constants, strict=True))
        self._made.sql = _fill(sql, texts)
        fields = compiler.klass_info["select_fields"]
        self._made.columns = slice(fields[0], fields[-1] + 1)
        self._made.names = [column[0].target.attname for column in compiler.select[self._made.columns]]
        self._made.related = get_related_populators(compiler.klass_info, compiler.select, connection.alias)  # type: ignore[call-arg]
        self._made.compiler = compiler

    def _object(self, row: Any) -> M:
        """One row as django.db.models.query.ModelIterable makes it."""
        made = self._made
        result = made.compiler.klass_info["model"].from_db(connection.alias, made.names, row[made.columns])
        for related in made.related:
            related.populate(row, result)
        for name, column in made.compiler.annotation_col_map.items():
            setattr(result, name, row[column])
        return result


def insert(*rows: Model) -> None:
    """Write new rows of one model, in one statement; numbers that the database gives them are set on them."""
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if not isinstance(field, AutoField)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(rows))
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in fields]
    sql = f'INSERT INTO "{meta.db_table}" ({columns}) VALUES {places} RETURNING "{meta.pk.column}"'  # noqa: S608
    # PostgreSQL returns the rows of VALUES in their order.
    for row, (key,) in zip(rows, prepared_rows(sql, values), strict=True):
        row.pk = key
        row._state.adding = False
        row._state.db = connection.alias


def update(row: Model, *names: str) -> None:
    """Write these fields of a row that is there."""
    meta = row._meta
    fields = [field for field in meta.concrete_fields if field.name in names]
    if len(fields) < len(names):
        raise ValueError(f"Not all of these are fields of {meta.object_name}: {', '.join(names)}.")
    settings = ", ".join(f'"{field.column}" = %s' for field in fields)
    values = [field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields]
    sql = f'UPDATE "{meta.db_table}" SET {settings} WHERE "{meta.pk.column}" = %s RETURNING true'  # noqa: S608
    if not prepared_rows(sql, [*values, row.pk]):
        raise ObjectDoesNotExist(f"{meta.object_name} {row.pk} is gone.")
