"""Halting a run that goes wrong: at once, without a checkpoint, in words, and gone on from by choice alone."""

import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from run_parts import demonstrations, wait_until

from labeling.accounts.models import Event
from labeling.runs.directory import run_dir
from labeling.runs.models import Metric, Run, RunStatus
from labeling.runs.services.launch import launch_run
from labeling.runs.worker import supervise as supervising
from labeling.runs.worker.lease import take_lease
from labeling.runs.worker.monitor import reclaim_runs

pytestmark = pytest.mark.django_db(transaction=True)

WHY = {"why": "It answers in verse."}
# Trainers that do nothing but end: by a canary, and as one that saw the file `stop`.
CANARY = """
import json, sys
from pathlib import Path
Path(sys.argv[1], "error.json").write_text(json.dumps({"title": "The reward falls", "detail": "Below its bound."}))
sys.exit(4)
"""
STOPPED = """
import sys, time
from pathlib import Path
while not Path(sys.argv[1], "stop").exists():
    time.sleep(0.05)
sys.exit(3)
"""


@pytest.fixture
def run(world, policy, sent) -> Run:
    """A run of some thousand short steps."""
    return launch_run(
        actor=None,
        kind="sft",
        settings={"epochs": 400, "batch_size": 2, "checkpoint_every": 20, "threads": 1, "sample_prompts": 0},
        inputs={"data": str(demonstrations(world.project).pk), "policy": str(policy.pk)},
    )


@pytest.fixture
def trainer(monkeypatch):
    """Puts a program in the trainer's place."""

    def put(program: str) -> None:
        def start(kind: str, folder: Path) -> subprocess.Popen:
            return subprocess.Popen(
                [sys.executable, "-c", program, str(folder)], stdin=subprocess.PIPE, start_new_session=True
            )

        monkeypatch.setattr(supervising, "start_trainer", start)

    return put


def supervised(run: Run) -> threading.Thread:
    def work() -> None:
        try:
            supervising.supervise(run.pk, worker="test", stopping=threading.Event())
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def newest_checkpoint(run: Run) -> int:
    return max(int(path.parent.name[5:]) for path in (run_dir(run) / "checkpoints").glob("step_*/manifest.json"))


def test_a_person_halts_a_run_and_chooses_that_it_goes_on(world, run):
    url = f"/api/v1/runs/{run.pk}"
    supervisor = supervised(run)
    wait_until(lambda: Metric.objects.filter(run=run).count() > 30, "steps")
    answer = world.gil.post(f"{url}/halt", WHY, format="json")
    assert answer.status_code == 200, answer.json()
    assert answer.json()["status"] == "stopping"
    assert world.gil.post(f"{url}/halt", {"why": "again"}, format="json").status_code == 200, "again is no error"
    supervisor.join()
    told = world.eva.get(url).json()
    kept = newest_checkpoint(run)
    assert told["status"] == "halted"
    assert told["error"] == {
        "title": "Halted by gil",
        "detail": f"It answers in verse. The last checkpoint is of step {kept}.",
    }
    assert kept % 20 == 0, "none was written for it"
    [halt] = told["halts"]
    assert (halt["title"], halt["step"]) == ("Halted by gil", told["step"])
    [event] = Event.objects.filter(verb="run.halted")
    assert (event.actor.username, event.data) == ("gil", WHY)

    refused = world.gil.post(f"{url}/resume")
    assert (refused.status_code, refused.json()["code"]) == (409, "halted")
    assert "It answers in verse." in refused.json()["detail"]
    assert world.gil.post(f"{url}/resume", {"although_halted": True}, format="json").json()["status"] == "queued"
    again = supervised(run)
    wait_until(lambda: Metric.objects.filter(run=run, attempt=2).exists(), "steps of the second attempt")
    world.gil.post(f"{url}/cancel")
    again.join()
    told = world.eva.get(url).json()
    assert (told["status"], told["error"], len(told["halts"])) == ("cancelled", None, 1)
    steps = list(Metric.objects.filter(run=run).order_by("step").values_list("step", "attempt"))
    assert [step for step, _ in steps] == list(range(1, len(steps) + 1)), "no gap and no step twice"
    assert min(step for step, attempt in steps if attempt == 2) == kept + 1


def test_a_canary_halts_in_its_own_words_and_stands_until_chosen(world, run, trainer):
    trainer(CANARY)
    supervised(run).join()
    told = world.eva.get(f"/api/v1/runs/{run.pk}").json()
    assert told["status"] == "halted"
    assert told["error"] == {"title": "The reward falls", "detail": "Below its bound."}
    assert [halt["title"] for halt in told["halts"]] == ["The reward falls"]
    assert world.gil.post(f"/api/v1/runs/{run.pk}/resume").json()["code"] == "halted"


def test_a_halt_after_a_cancel_wins(world, run, trainer):
    trainer(STOPPED)
    supervisor = supervised(run)
    wait_until(lambda: Run.objects.get(pk=run.pk).status == RunStatus.RUNNING, "the lease")
    world.gil.post(f"/api/v1/runs/{run.pk}/cancel")
    assert world.gil.post(f"/api/v1/runs/{run.pk}/halt", WHY, format="json").status_code == 200
    supervisor.join()
    run.refresh_from_db()
    assert (run.status, run.error["title"]) == (RunStatus.HALTED, "Halted by gil")
    assert run.halting is None


def test_a_run_whose_worker_died_is_halted_all_the_same(world, run, sent):
    take_lease(run.pk, "one")
    world.gil.post(f"/api/v1/runs/{run.pk}/halt", WHY, format="json")
    Run.objects.filter(pk=run.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert reclaim_runs() == 1
    run.refresh_from_db()
    assert (run.status, run.halting) == (RunStatus.HALTED, None)
    assert run.error == {"title": "Halted by gil", "detail": "It answers in verse. The last checkpoint is kept."}


@pytest.mark.parametrize(
    "status, answer",
    [("queued", 200), ("halted", 200), ("waiting", 409), ("cancelled", 409), ("failed", 409), ("done", 409)],
)
def test_what_can_be_halted(world, run, status, answer):
    Run.objects.filter(pk=run.pk).update(status=status)
    told = world.gil.post(f"/api/v1/runs/{run.pk}/halt", WHY, format="json")
    assert told.status_code == answer, told.json()
    run.refresh_from_db()
    assert run.status == ("halted" if answer == 200 else status)
    if answer == 409:
        assert told.json()["code"] == "not_running"


@pytest.mark.parametrize("why", ["", "   ", None, "x" * 501])
def test_a_halt_says_why(world, run, why):
    answer = world.gil.post(f"/api/v1/runs/{run.pk}/halt", {"why": why}, format="json")
    assert answer.status_code == 400
    assert "why" in answer.json()["errors"]
    run.refresh_from_db()
    assert run.status == RunStatus.QUEUED


def test_from_the_command_line(run, capsys):
    with pytest.raises(CommandError, match="--why"):
        call_command("steer_run", "halt", str(run.pk))
    (run_dir(run) / "halt").write_text("left by its trainer")
    call_command("steer_run", "halt", str(run.pk), "--why", "It repeats itself.")
    assert Run.objects.get(pk=run.pk).error["title"] == "Halted by the command line"
    with pytest.raises(CommandError, match="It repeats itself"):
        call_command("steer_run", "resume", str(run.pk))
    call_command("steer_run", "resume", str(run.pk), "--although-halted")
    assert not (run_dir(run) / "halt").exists(), "or no attempt would begin"
    call_command("steer_run", "cancel", str(run.pk))
    assert capsys.readouterr().out.split() == ["halted", "queued", "cancelled"]
