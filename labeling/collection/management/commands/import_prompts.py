from typing import Any, BinaryIO

from django.core.management.base import CommandParser

from labeling.collection.import_command import ImportCommand
from labeling.collection.models import PromptImport
from labeling.collection.services.import_prompts import import_prompts
from labeling.projects.models import Project


class Command(ImportCommand):
    help = "Bring prompts, and outputs to rank, into a project from a JSONL or CSV file."
    formats = "JSONL or CSV"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--source", default="", help="where the prompts come from, for rows that do not say")

    def take(self, project: Project, stream: BinaryIO, options: dict[str, Any]) -> PromptImport:
        return import_prompts(
            actor=None,
            project=project,
            stream=stream,
            file_name=options["file"].name,
            consent=options["consent"],
            source=options["source"],
        )
