"""Tables for spreadsheets, in which no cell is a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from django.http import HttpResponse

# A cell that begins so is run, not shown, by spreadsheets (CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | float


def defused(cell: Cell) -> Cell:
    """The cell; a text that a spreadsheet would run as a formula has an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def csv_response(file_name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """A download, UTF-8 with the mark that spreadsheets know it by. `file_name` holds nothing that a person typed."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([defused(cell) for cell in row] for row in rows)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response
