from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labeling.datasets.services import import_comparisons
from labeling.errors import DomainError
from labeling.projects.lookup import find_project


class Command(BaseCommand):
    help = "Import comparisons made elsewhere (JSONL or CSV) as an accepted batch, and print what was taken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="id or name")
        parser.add_argument("file", type=Path)
        parser.add_argument("--consent", action="store_true", help="for rows that do not say")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                came_by, batch = import_comparisons(
                    actor=None,
                    project=find_project(options["project"]),
                    stream=stream,
                    file_name=path.name,
                    consent=options["consent"],
                )
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except DomainError as error:
            raise CommandError(error.message) from error
        for refusal in came_by.refused:
            self.stderr.write(f"line {refusal['line']}: {refusal['reason']}")
        counts = ", ".join(f"{name} {count}" for name, count in came_by.counts.items())
        self.stdout.write(f"{batch.pk if batch else 'no batch'}: {counts}")
