"""Files and folders that are whole wherever they are, written beside, synced, then renamed; and files of lines."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any


def sync_folder(folder: Path) -> None:
    """Brings a folder's list of names to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_tree(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb+") as data:
                os.fsync(data.fileno())
        elif file.is_dir():
            sync_folder(file)
    sync_folder(folder)


def write_json(path: Path, value: Any) -> None:
    """A small JSON file, replaced at once."""
    beside = path.with_name(path.name + ".tmp")
    with beside.open("w", encoding="utf-8") as out:
        json.dump(value, out, indent=2, ensure_ascii=False)
        out.write("\n")
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)


@contextlib.contextmanager
def whole_folder(target: Path, *, fence: Callable[[], None]) -> Iterator[Path]:
    """An empty folder to write into, which takes the target's place once `fence` lets it; a folder that is there
    before is replaced.

    Raises what the body and fence raise; the target is then as it was, and what was written beside it is gone, for
    the disk may be full.
    """
    beside = target.with_name(f"{target.name}.tmp")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        yield beside
        _sync_tree(beside)
        fence()
        shutil.rmtree(target, ignore_errors=True)
        beside.rename(target)
        sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def remove_half_written(folder: Path) -> None:
    """Clears what processes that are gone left beside the files of a folder; its own names have `.tmp` in them."""
    for path in folder.glob("*.tmp*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


class LineFile:
    """A JSONL file that is appended to and flushed, and cut back to a step when a run goes on."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def cut_after(self, step: int) -> None:
        """Removes lines of later steps, and a line that a crash left half written. Steps ascend in the
        file."""
        if not self.path.exists():
            return
        keep = 0
        with self.path.open("rb") as lines:
            for line in lines:
                try:
                    if not line.endswith(b"\n") or json.loads(line)["step"] > step:
                        break
                except (ValueError, KeyError, TypeError):
                    break
                keep += len(line)
        if keep < self.path.stat().st_size:
            os.truncate(self.path, keep)

    def append(self, rows: Iterable[dict[str, Any]]) -> None:
        text = "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows)
        with self.path.open("ab") as out:
            out.write(text.encode("utf-8"))
