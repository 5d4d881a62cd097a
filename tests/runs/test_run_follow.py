"""Following the trainer's files: half lines, cut files, attempts, and what no database takes."""

import json
from pathlib import Path

import pytest

from labeling.runs.models import Metric, Run, RunSample, RunStatus
from labeling.runs.worker.follow import Follower
from labeling.runs.worker.lease import Lease, LeaseLostError, take_lease


@pytest.fixture
def run(world) -> Run:
    return Run.objects.create(name="r", kind="sft", preset="tiny", project=world.project)


def line(attempt: int, step: int, **values: float | None) -> str:
    return json.dumps({"attempt": attempt, "step": step, "of": 9, "time": 1.0, "values": values}) + "\n"


def steps(run: Run) -> list[tuple[int, int]]:
    return list(Metric.objects.filter(run=run).order_by("step").values_list("step", "attempt"))


def test_a_half_line_waits_for_its_rest(run, tmp_path):
    follower = Follower(take_lease(run.pk, "w"), tmp_path)
    follower.follow()
    path = tmp_path / "metrics.jsonl"
    whole = line(1, 2, loss=1.5)
    path.write_text(line(1, 1, loss=2.0) + whole[:10])
    follower.follow()
    assert steps(run) == [(1, 1)]
    path.write_text(line(1, 1, loss=2.0) + whole)
    follower.follow()
    follower.follow()
    assert steps(run) == [(1, 1), (2, 1)]
    run.refresh_from_db()
    assert (run.step, run.steps, run.latest) == (2, 9, {"loss": 1.5})


def test_reading_all_again_changes_nothing(run, tmp_path):
    lease = take_lease(run.pk, "w")
    (tmp_path / "metrics.jsonl").write_text(line(1, 1, loss=2.0) + line(1, 2, loss=None))
    Follower(lease, tmp_path).follow()
    before = list(Metric.objects.order_by("pk").values())
    Follower(lease, tmp_path).follow()
    assert list(Metric.objects.order_by("pk").values()) == before


def test_a_new_attempt_replaces_the_steps_after_its_checkpoint(run, tmp_path):
    """The file is cut to the checkpoint and grows past its old length between two looks."""
    path = tmp_path / "metrics.jsonl"
    first = Follower(take_lease(run.pk, "w"), tmp_path)
    path.write_text("".join(line(1, step, loss=1.0) for step in range(1, 7)))
    first.follow()
    Run.objects.filter(pk=run.pk).update(status=RunStatus.QUEUED)
    second = Follower(take_lease(run.pk, "w"), tmp_path)
    second.follow()
    kept = "".join(line(1, step, loss=1.0) for step in range(1, 4))
    path.write_text(kept + line(2, 4, loss=0.5))
    second.follow()
    assert steps(run) == [(1, 1), (2, 1), (3, 1), (4, 2)], "steps 5 and 6 of the first attempt are gone"
    path.write_text(kept + "".join(line(2, step, loss=0.5) for step in range(4, 10)))
    second.follow()
    assert steps(run) == [(1, 1), (2, 1), (3, 1)] + [(step, 2) for step in range(4, 10)]


def test_lines_that_are_none_are_passed_over(run, tmp_path):
    junk = 'not json\n{"step": "x", "attempt": 1}\n[]\n{"step": -1, "attempt": 1}\n'
    odd = json.dumps({"attempt": 1, "step": 2, "time": "noon", "values": {"loss": "high", "lr": 0.1}}) + "\n"
    (tmp_path / "metrics.jsonl").write_text(junk + line(1, 1, loss=1.0) + odd)
    Follower(take_lease(run.pk, "w"), tmp_path).follow()
    assert steps(run) == [(1, 1), (2, 1)]
    assert Metric.objects.get(step=2).values == {"loss": None, "lr": 0.1}


def test_samples_keep_their_place_and_lose_what_postgres_takes_not(run, tmp_path):
    def sample(attempt: int, step: int, text: str) -> str:
        outputs = [{"text": text, "reward": 0.5}]
        row = {
            "attempt": attempt, "step": step, "prompt": "p", "messages": [], "outputs": outputs,
            "start": {"text": "before"},
        }  # fmt: skip
        return json.dumps(row) + "\n"

    path = tmp_path / "samples.jsonl"
    path.write_text(sample(1, 1, "a") + sample(1, 1, "b") + sample(1, 2, "nul \x00 and half \ud800"))
    lease = take_lease(run.pk, "w")
    Follower(lease, tmp_path).follow()
    Follower(lease, tmp_path).follow()
    found = [(s.step, s.index, s.content["outputs"][0]["text"]) for s in RunSample.objects.order_by("step", "index")]
    assert found == [(1, 0, "a"), (1, 1, "b"), (2, 0, "nul \ufffd and half \ufffd")]
    assert {s.content["start"]["text"] for s in RunSample.objects.all()} == {"before"}


def test_an_older_lease_writes_nothing(run, tmp_path: Path):
    old = take_lease(run.pk, "w")
    Run.objects.filter(pk=run.pk).update(attempt=2)
    (tmp_path / "metrics.jsonl").write_text(line(1, 1, loss=1.0))
    with pytest.raises(LeaseLostError):
        Follower(old, tmp_path).follow()
    assert not Metric.objects.exists()
    Follower(Lease(run.pk, 2), tmp_path).follow()
    assert steps(run) == [(1, 1)]
