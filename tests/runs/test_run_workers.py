"""Real workers: Celery processes on the real broker, one of which dies in the middle."""

import os
import signal

import pytest
from run_parts import SMALL, demonstrations, freeze_prompts, wait_until

from labeling.collection.models import Candidate
from labeling.registry.models import ModelVersion
from labeling.runs.models import FINISHED, Metric, Run, RunStatus, WorkerHeartbeat
from labeling.runs.services.launch import launch_run
from labeling.runs.wake import wake

pytestmark = pytest.mark.slow


def ended(run: Run) -> bool:
    run.refresh_from_db()
    return run.status in FINISHED


def test_a_worker_runs_what_is_launched_and_a_second_message_nothing(world, policy, workers):
    snapshot = freeze_prompts(world.project)
    run = launch_run(
        actor=None, kind="sample", settings=SMALL, inputs={"prompts": str(snapshot.pk), "policy": str(policy.pk)}
    )
    for _ in range(3):
        wake(run)  # as a broker that redelivers
    workers.start()
    wait_until(lambda: ended(run), "the run")
    assert run.status == RunStatus.DONE, run.error
    health = world.gil.get("/api/v1/health").json()
    assert health["status"] == "ok"
    assert health["workers"] == 1
    assert health["worker_list"][0]["queues"] == ["runs"]
    wake(run)
    other = launch_run(
        actor=None, kind="sample", settings=SMALL, inputs={"prompts": str(snapshot.pk), "policy": str(policy.pk)}
    )
    wait_until(lambda: ended(other), "the run after the late message")
    run.refresh_from_db()
    assert run.attempt == 1
    assert Candidate.objects.filter(generation__run_id=run.pk).count() == 24
    workers.stop()
    assert not WorkerHeartbeat.objects.exists(), "a worker that ends says so"


def test_a_killed_workers_run_goes_on_elsewhere_to_the_same_end(world, policy, workers):
    snapshot = demonstrations(world.project)
    run = launch_run(
        actor=None,
        kind="sft",
        settings={"epochs": 60, "batch_size": 2, "checkpoint_every": 10, "threads": 1, "sample_prompts": 0},
        inputs={"data": str(snapshot.pk), "policy": str(policy.pk)},
    )
    first = workers.start()
    wait_until(lambda: Metric.objects.filter(run=run).count() > 25, "steps")
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    run.refresh_from_db()
    assert run.status == RunStatus.RUNNING, "nobody has noticed yet"
    second = workers.start()
    wait_until(lambda: ended(run), "the run on the second worker", seconds=240)
    assert run.status == RunStatus.DONE, run.error
    assert run.attempt == 2
    steps = list(Metric.objects.filter(run=run).order_by("step").values_list("step", "attempt"))
    assert [step for step, _ in steps] == list(range(1, run.steps + 1)), "every step once"
    assert {attempt for _, attempt in steps} == {1, 2}, "it went on, and did not begin again"
    assert ModelVersion.objects.filter(run_id=run.pk).count() == 1
    assert second.poll() is None


def test_a_worker_that_is_told_to_end_lets_the_trainer_write_a_checkpoint(world, policy, workers, settings):
    snapshot = demonstrations(world.project)
    run = launch_run(
        actor=None,
        kind="sft",
        settings={"epochs": 400, "batch_size": 2, "checkpoint_every": 1000, "threads": 1, "sample_prompts": 0},
        inputs={"data": str(snapshot.pk), "policy": str(policy.pk)},
    )
    worker = workers.start()
    wait_until(lambda: Metric.objects.filter(run=run).count() > 5, "steps")
    worker.terminate()
    worker.wait(90)
    run.refresh_from_db()
    assert run.status == RunStatus.QUEUED
    assert list((settings.RUNS_DIR / str(run.pk) / "checkpoints").glob("step_*/manifest.json"))
