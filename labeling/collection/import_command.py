"""What the commands that import a file have in common."""

from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labeling.collection.models import PromptImport
from labeling.errors import DomainError
from labeling.projects.lookup import find_project
from labeling.projects.models import Project


class ImportCommand(BaseCommand):
    """Brings a file's rows into a project; says which were refused, and why, and prints the counts."""

    formats: str

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="id or name")
        parser.add_argument("file", type=Path, help=self.formats)
        parser.add_argument(
            "--consent",
            action="store_true",
            help="the file's people agreed that it is used; a row's own word goes first",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        project = find_project(options["project"])
        file: Path = options["file"]
        try:
            with file.open("rb") as stream:
                came_by = self.take(project, stream, options)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except DomainError as error:
            raise CommandError(error.message) from error
        self.report(came_by)

    def take(self, project: Project, stream: BinaryIO, options: dict[str, Any]) -> PromptImport:
        raise NotImplementedError

    def report(self, came_by: PromptImport) -> None:
        for refusal in came_by.refused:
            self.stderr.write(f"{came_by.file_name}, line {refusal['line']}: {refusal['reason']}")
        self.stdout.write(", ".join(f"{name}: {count}" for name, count in came_by.counts.items()))
