"""Halts: a run that was judged to go wrong, by a canary or by a person, and goes on only when somebody chooses so.

The file RUN_DIR/halt is both the request and the mark: whoever makes it halts the run, and as long as it is there no
attempt begins. A halt drops the step at hand and writes no checkpoint, so the last one from before is what is kept.
A worker writes who asked and why as JSON, {"by", "why"}; a person may write words, or nothing. RUN_DIR/halts.jsonl
keeps all halts of a run, for its page and for the card of what it makes in the end.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from training.files import LineFile, write_json


class HaltedError(Exception):
    """A run that was judged to go wrong, by a canary or by a person; said in words."""

    def __init__(self, title: str, detail: str) -> None:
        self.title, self.detail = title, detail
        super().__init__(f"{title}: {detail}")


FILE, HISTORY = "halt", "halts.jsonl"


def read_halt(folder: Path) -> HaltedError | None:
    """The halt that stands in a run's folder, if one does."""
    try:
        text = (folder / FILE).read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        said = {"why": text}
    title = said.get("title") or f"Halted by {said.get('by') or 'hand'}"
    return HaltedError(str(title), str(said.get("detail") or said.get("why") or "No reason was given."))


def write_halt(folder: Path, halt: HaltedError, *, attempt: int, step: int) -> None:
    """Marks the run as halted, and adds the halt to its history; `step` is the last that was done."""
    row = {"title": halt.title, "detail": halt.detail}
    LineFile(folder / HISTORY).append([row | {"attempt": attempt, "step": step, "time": time.time()}])
    write_json(folder / FILE, row)


def past_halts(folder: Path) -> list[dict[str, Any]]:
    """Every halt of a run so far, oldest first; a line that a crash left half written is passed over."""
    try:
        lines = (folder / HISTORY).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def told(halts: list[dict[str, Any]]) -> str:
    """A sentence for each halt that a run went on from."""
    return "\n".join(
        f"It was halted after step {halt['step']}, and went on by choice. {halt['title']}: {halt['detail']}"
        for halt in halts
    )
