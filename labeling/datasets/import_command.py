"""What the commands import_comparisons and import_demonstrations do."""

from typing import Any, BinaryIO

from django.core.management.base import CommandError, CommandParser

from labeling.collection.import_command import ImportCommand
from labeling.collection.models import ImportStatus, PromptImport
from labeling.datasets.formats.reading import AUTO, LAYOUTS
from labeling.datasets.services import import_file
from labeling.datasets.services.run_import import run_import
from labeling.projects.models import Project

ROWS_BETWEEN_SIGNS = 10_000


class JudgmentImportCommand(ImportCommand):
    """Imports a file to its end, as the site would. Killed in the middle of a large one, a worker goes on with it."""

    formats = "JSONL, a JSON list, CSV (also as .gz) or Parquet"
    what: str

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--format", choices=[AUTO, *LAYOUTS], default=AUTO, help="default: told by its first rows")

    def take(self, project: Project, stream: BinaryIO, options: dict[str, Any]) -> PromptImport:
        return import_file(
            actor=None,
            project=project,
            what=self.what,
            file=stream,
            file_name=options["file"].name,
            consent=options["consent"],
            layout=options["format"],
        )

    def report(self, came_by: PromptImport) -> None:
        if came_by.status == ImportStatus.QUEUED:
            run_import(came_by.pk, tell=self._tell)
            came_by.refresh_from_db()
        super().report(came_by)
        if came_by.status != ImportStatus.DONE:
            raise CommandError(f"The import is {came_by.status} after {came_by.place} rows. {came_by.error}".strip())
        self.stdout.write(f"{came_by.batch_id or 'no batch'}, read as {came_by.layout}")

    def _tell(self, came_by: PromptImport) -> None:
        if came_by.place % ROWS_BETWEEN_SIGNS == 0:
            self.stderr.write(f"{came_by.place} rows, {came_by.share:.0%} of the file")
