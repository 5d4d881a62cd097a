"""Cancelling a trainer that does not listen: the file `stop`, then SIGTERM to the group, then SIGKILL."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection
from run_parts import demonstrations, wait_until

from labeling.runs.directory import run_dir
from labeling.runs.models import RunStatus
from labeling.runs.services.control import cancel_run
from labeling.runs.services.launch import launch_run
from labeling.runs.worker import lease as leases
from labeling.runs.worker import supervise as supervising

pytestmark = pytest.mark.django_db(transaction=True)

# A trainer that hangs, with a child of its own (a data loader, say). Both write down that they were asked to end, and
# go on.
DEAF = """
import os, signal, sys, time
folder = sys.argv[1]
def heard(name):
    return lambda *_: open(os.path.join(folder, name + "_heard"), "w").close()
name = "trainer" if os.fork() else "child"
signal.signal(signal.SIGTERM, heard(name))
with open(os.path.join(folder, name + "_pid"), "w") as file:
    file.write(str(os.getpid()))
while True:
    time.sleep(0.05)
"""


def pid_in(path: Path) -> int:
    return int(path.read_text() or 0) if path.exists() else 0


def runs(pid: int) -> bool:
    """Whether a process of this id is there and not merely waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_trainer_that_does_not_listen_is_killed_with_its_group(world, policy, sent, monkeypatch):
    def start_deaf(kind: str, folder: Path) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-c", DEAF, str(folder)], stdin=subprocess.PIPE, start_new_session=True, env=os.environ
        )

    monkeypatch.setattr(supervising, "start_trainer", start_deaf)
    monkeypatch.setattr(supervising, "TERM_AFTER_SECONDS", 0.5)
    monkeypatch.setattr(supervising, "KILL_AFTER_SECONDS", 1.0)
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.2)
    run = launch_run(
        actor=None,
        kind="sft",
        settings={"epochs": 1, "threads": 1},
        inputs={"data": str(demonstrations(world.project).pk), "policy": str(policy.pk)},
    )

    def work() -> None:
        try:
            supervising.supervise(run.pk, worker="test", stopping=threading.Event())
        finally:
            connection.close()

    supervisor = threading.Thread(target=work)
    supervisor.start()
    folder = run_dir(run)
    wait_until(lambda: pid_in(folder / "trainer_pid") and pid_in(folder / "child_pid"), "both processes")
    pids = [pid_in(folder / "trainer_pid"), pid_in(folder / "child_pid")]
    cancel_run(actor=None, run=run)
    supervisor.join(60)
    assert not supervisor.is_alive()
    assert (folder / "stop").exists()
    assert (folder / "trainer_heard").exists(), "SIGTERM came before SIGKILL"
    assert (folder / "child_heard").exists(), "and to the whole group"
    wait_until(lambda: not any(runs(pid) for pid in pids), "both processes to be gone")
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED, run.error
