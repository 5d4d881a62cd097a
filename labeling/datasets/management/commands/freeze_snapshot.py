from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labeling.datasets.models import SnapshotKind
from labeling.datasets.services import freeze_snapshot
from labeling.errors import DomainError
from labeling.projects.lookup import find_project


class Command(BaseCommand):
    help = "Freeze a project's accepted work into an immutable snapshot and print its id and hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="id or name")
        parser.add_argument("--kind", required=True, choices=SnapshotKind.values)
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        project = find_project(options["project"])
        try:
            snapshot = freeze_snapshot(actor=None, project=project, kind=options["kind"], name=options["name"])
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{snapshot.pk} {snapshot.sha256}")
