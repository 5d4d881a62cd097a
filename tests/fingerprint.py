"""One hash of everything in the database, to assert that a refused request changed nothing."""

from django.apps import apps
from django.db import connection

# Signing in and reading leave their traces here, and may.
UNWATCHED = {"django_session", "axes_accessattempt", "axes_accesslog", "axes_accessfailurelog", "accounts_token"}


def fingerprint(leaving_out: frozenset[str] = frozenset()) -> str:
    """A hash over every row of every table, apart from sessions, login attempts and the tables that are left out."""
    tables = sorted(
        {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
        - UNWATCHED
        - leaving_out
    )
    parts = " UNION ALL ".join(
        f"SELECT '{table}' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') AS part FROM {table} t"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(string_agg(part, ',' ORDER BY part)) FROM ({parts}) p")
        return cursor.fetchone()[0]
