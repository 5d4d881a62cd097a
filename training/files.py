"""Files and folders that are whole wherever they are: written beside, synced, then renamed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
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

    Raises what the body and fence raise; the target is then as it was.
    """
    beside = target.with_name(f"{target.name}.tmp")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    yield beside
    _sync_tree(beside)
    fence()
    shutil.rmtree(target, ignore_errors=True)
    beside.rename(target)
    sync_folder(target.parent)
