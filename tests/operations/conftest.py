"""Data folders with a real database in them, and `python -m labeling.embedded` started on them as a person would."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labeling.embedded.places import socket_dir
from labeling.embedded.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 180  # for a machine that is busy with other things; nothing here takes as long by itself


def wait_until(condition: Callable[[], bool]) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def environment(data_dir: Path, **changes: str) -> dict[str, str]:
    """This environment without the test session's own services."""
    kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL", "PORT")}
    return kept | {"CONCORD_DATA": str(data_dir)} | changes


class Concord:
    """`python -m labeling.embedded COMMAND` on a data folder."""

    def __init__(self, data_dir: Path, command: str = "services", **changes: str) -> None:
        self.data_dir = data_dir
        descriptor, name = tempfile.mkstemp(dir=data_dir)
        self._output = Path(name)
        with os.fdopen(descriptor, "w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "labeling.embedded", command],
                cwd=ROOT,
                env=environment(data_dir, **changes),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self._output.read_text()

    def until_it_says(self, words: str) -> "Concord":
        assert wait_until(lambda: words in self.said() or self.process.poll() is not None)
        assert words in self.said(), self.said()
        return self

    def end(self, signal_number: int = signal.SIGTERM) -> int:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal_number)
        return self.process.wait(PATIENCE_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def remove(data_dir: Path) -> None:
    shutil.rmtree(data_dir, ignore_errors=True)
    shutil.rmtree(socket_dir(data_dir), ignore_errors=True)


def make_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="concord-operations-", dir="/tmp"))
    folder.chmod(0o711)  # for root, whose PostgreSQL runs as another user
    return folder


@pytest.fixture(scope="session")
def first_folder() -> Iterator[Path]:
    """A data folder whose database was made once and stopped; the tests take copies."""
    folder = make_folder()
    postgres = Postgres(folder, fsync=False)
    postgres.start()
    postgres.stop()
    yield folder
    shutil.rmtree(postgres.folder, ignore_errors=True)
    remove(folder)


@pytest.fixture
def data_dir(first_folder: Path) -> Iterator[Path]:
    folder = make_folder()
    subprocess.run(["cp", "-a", f"{first_folder}/.", str(folder)], check=True)  # keeps owners, as copytree does not
    yield folder
    remove(folder)


@pytest.fixture
def start(data_dir: Path) -> Iterator[Callable[..., Concord]]:
    """Start Concord on the data folder; whatever still runs at the end is ended."""
    started: list[Concord] = []

    def start_one(command: str = "services", **changes: str) -> Concord:
        started.append(Concord(data_dir, command, **changes))
        return started[-1]

    yield start_one
    for concord in started:
        if concord.process.poll() is None:
            concord.end()
