import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from labeling.accounts.models import Role
from labeling.accounts.services import create_user
from labeling.errors import DomainError
from labeling.projects.lookup import find_project
from labeling.projects.models import Pool
from labeling.projects.services import add_member


class Command(BaseCommand):
    help = "Make an account; with --project, a qualified member of it. The password: CONCORD_PASSWORD, or asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--project", help="id or name")
        parser.add_argument("--pool", choices=Pool.values, help="by role, where not given")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("CONCORD_PASSWORD") or getpass.getpass("Password: ")
        try:
            with transaction.atomic():
                user = create_user(actor=None, username=options["name"], role=options["role"], password=password)
                if options["project"]:
                    pool = options["pool"] or (Pool.TRAINING if user.role == Role.LABELER else Pool.RESEARCHER)
                    project = find_project(options["project"])
                    add_member(actor=None, project=project, user=user, pool=pool)
        except DomainError as error:
            raise CommandError(f"{error.message} {error.extra.get('errors', '')}".strip()) from error
        self.stdout.write(str(user.pk))
