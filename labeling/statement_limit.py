"""A bound on how long the database may work on a statement, for questions that may be too broad."""

from django.db import connection


def limit_statements(to: str) -> None:
    """From here to the end of the transaction a statement that takes longer fails with OperationalError.

    `to` is as Postgres writes it, such as "500ms"; "0" lifts the bound.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [to])
