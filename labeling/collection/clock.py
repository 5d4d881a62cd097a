"""The one clock: leases, undo windows and working time are all measured by the database, whichever machine asks."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """The database's time at this statement, with its time zone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]
