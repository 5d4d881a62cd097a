from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.collection.services.import_prompts import import_prompts
from labeling.errors import DomainError
from labeling.projects.lookup import find_project


class Command(BaseCommand):
    help = "Bring prompts, and outputs to rank, into a project from a JSONL or CSV file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="id or name")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--consent",
            action="store_true",
            help="the file's people agreed that it is used; a row's own word goes first",
        )
        parser.add_argument("--source", default="", help="where the prompts come from, for rows that do not say")

    def handle(self, *args: Any, **options: Any) -> None:
        project = find_project(options["project"])
        file: Path = options["file"]
        try:
            with file.open("rb") as stream:
                came_by = import_prompts(
                    actor=None,
                    project=project,
                    stream=stream,
                    file_name=file.name,
                    consent=options["consent"],
                    source=options["source"],
                )
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except DomainError as error:
            raise CommandError(error.message) from error
        for refusal in came_by.refused:
            self.stderr.write(f"{file.name}, line {refusal['line']}: {refusal['reason']}")
        self.stdout.write(", ".join(f"{name}: {count}" for name, count in came_by.counts.items()))
