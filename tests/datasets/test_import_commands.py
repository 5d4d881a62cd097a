"""What the import commands print: each refused row with its line and reason, and the counts."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.cast import World

RANKED = {"prompt": "Which?", "candidates": [{"text": "One."}, {"text": "Two."}], "ranks": [1, 2], "labeler": "w"}
ROWS = {
    "import_prompts": ({"prompt": "Who?"}, {"prompt": ""}),
    "import_comparisons": (RANKED, RANKED | {"ranks": [1]}),
    "import_demonstrations": (
        {"prompt": "Who?", "response": "She.", "labeler": "w"},
        {"prompt": "Who else?", "response": "", "labeler": "w"},
    ),
}


@pytest.mark.parametrize("command", ROWS)
def test_they_name_refused_rows_and_count_the_others(world: World, tmp_path: Path, command: str):
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS[command]))
    out, told = io.StringIO(), io.StringIO()
    call_command(command, world.project.name, str(file), consent=True, stdout=out, stderr=told)
    assert "rows: 2" in out.getvalue()
    assert "refused: 1" in out.getvalue()
    assert told.getvalue().startswith("rows.jsonl, line 2: ")


@pytest.mark.parametrize("command", ROWS)
def test_a_file_that_is_not_there_is_said(world: World, tmp_path: Path, command: str):
    with pytest.raises(CommandError, match=r"absent\.jsonl cannot be read: No such file"):
        call_command(command, world.project.name, str(tmp_path / "absent.jsonl"))


@pytest.mark.parametrize("command", ROWS)
def test_a_file_of_something_else_is_refused_in_words(world: World, tmp_path: Path, command: str):
    file = tmp_path / "rows.exe"
    file.write_bytes(b"\x7fELF\x00")
    with pytest.raises(CommandError, match=r"the name must end in .*\.jsonl"):
        call_command(command, world.project.name, str(file))
