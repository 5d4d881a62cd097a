"""`make run`'s own process: everything comes up, answers, and goes down again together."""

import json
import os
import signal
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest

from tests.operations.conftest import PATIENCE_SECONDS, free_port, wait_until


@pytest.fixture
def database_url() -> Iterator[str]:
    """An empty database that is not the embedded one, so that no demo is loaded into it."""
    name = f"run_{uuid.uuid4().hex[:8]}"
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    connection.cursor().execute(f"CREATE DATABASE {name}")
    yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    connection.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    connection.close()


def processes_below(pid: int) -> dict[int, str]:
    """Every living process below this one, with its command line."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(") ")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            parents[int(stat.parent.name)] = int(parent)
    below, layer = {}, {pid}
    while layer:
        layer = {child for child, parent in parents.items() if parent in layer}
        below |= {child: Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ") for child in layer}
    return below


def living(pids: dict[int, str]) -> list[str]:
    """Those of the processes that live on under the same command line."""
    lines = []
    for pid, line in pids.items():
        try:
            if Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") == line:
                lines.append(line)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return lines


def ask_health(port: int) -> dict[str, Any]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/health", headers={"Host": "concord.example"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
    except (urllib.error.URLError, OSError):
        return {}


def test_all_of_it_comes_up_and_goes_down_with_the_process_that_is_killed(start, data_dir, database_url):
    port = free_port()
    # Neither a list of hosts that leaves 127.0.0.1 out nor a proxy stands between the supervisor and its site.
    surroundings = {"CONCORD_HOSTS": "concord.example", "http_proxy": "http://127.0.0.1:9"}
    concord = start("run", PORT=str(port), DATABASE_URL=database_url, **surroundings)
    concord.until_it_says(f"Concord is ready: http://127.0.0.1:{port}")
    assert wait_until(lambda: ask_health(port).get("workers") == 1)
    assert ask_health(port)["database"] is True
    everything = processes_below(concord.process.pid)
    worker = min(pid for pid, line in everything.items() if "celery" in line)  # the first of them, parent of its pool
    os.kill(worker, signal.SIGKILL)
    assert concord.process.wait(PATIENCE_SECONDS) == 1
    assert "worker stopped by itself (exit -9)" in concord.said()
    assert str(data_dir / "logs" / "worker.log") in concord.said()
    assert wait_until(lambda: living(everything) == [])
