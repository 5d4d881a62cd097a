#!/usr/bin/env python
"""Django's command line: python manage.py COMMAND. With `make run` up in another shell, it works on the same data."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db.utils import OperationalError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.settings")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        where = "at DATABASE_URL" if os.environ.get("DATABASE_URL") else "(`make run` or `make services` starts it)"
        sys.exit(f"The database does not answer {where}: {error}")
