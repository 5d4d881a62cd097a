"""What every worker's monitor mends: lost leases, lost messages, inputs that are ready."""

from datetime import timedelta

import pytest
from django.utils import timezone
from run_parts import SMALL, freeze_prompts

from labeling.registry.models import ModelVersion
from labeling.runs.models import Run, RunInput, RunStatus, WorkerHeartbeat
from labeling.runs.worker.lease import take_lease
from labeling.runs.worker.monitor import MAX_LOST, Monitor, queue_waiting_runs, reclaim_runs, wake_lost_runs


@pytest.fixture
def run(world) -> Run:
    return Run.objects.create(name="r", kind="sft", preset="tiny", project=world.project)


def let_lease_run_out(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def test_a_lease_is_taken_once(run):
    lease = take_lease(run.pk, "one")
    assert lease is not None
    assert lease.attempt == 1
    assert take_lease(run.pk, "two") is None
    assert lease.renew() == (RunStatus.RUNNING, None)


def test_a_run_whose_worker_died_is_queued_again(run, sent, django_capture_on_commit_callbacks):
    take_lease(run.pk, "one")
    assert reclaim_runs() == 0, "its worker lives"
    let_lease_run_out(run)
    with django_capture_on_commit_callbacks(execute=True):
        assert reclaim_runs() == 1
        assert reclaim_runs() == 0
    run.refresh_from_db()
    assert (run.status, run.lost, run.lease_owner) == (RunStatus.QUEUED, 1, "")
    assert sent == [str(run.pk)]
    assert take_lease(run.pk, "two").attempt == 2, "the next fencing number"


def test_a_run_that_was_being_cancelled_is_cancelled(run, sent):
    take_lease(run.pk, "one")
    Run.objects.filter(pk=run.pk).update(status=RunStatus.STOPPING)
    let_lease_run_out(run)
    reclaim_runs()
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    assert sent == []


def test_a_run_that_costs_worker_after_worker_waits_for_a_person(run, sent):
    for _ in range(MAX_LOST):
        assert take_lease(run.pk, "one")
        let_lease_run_out(run)
        reclaim_runs()
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "keep dying" in run.error["title"]


def test_a_lost_message_is_sent_again_by_one_of_the_monitors(run, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert wake_lost_runs() == 1
        assert wake_lost_runs() == 0
    assert sent == [str(run.pk)]


def test_a_waiting_run_is_queued_once_its_input_is_made(world, policy, sent):
    snapshot = freeze_prompts(world.project)
    maker = Run.objects.create(name="maker", kind="sft", preset="tiny", project=world.project, status="running")
    waiting = Run.objects.create(
        name="w", kind="sample", preset="tiny", project=world.project, status="waiting", settings=SMALL
    )
    RunInput.objects.create(run=waiting, name="prompts", snapshot=snapshot)
    RunInput.objects.create(run=waiting, name="policy", from_run=maker)
    assert queue_waiting_runs() == 0
    ModelVersion.objects.filter(pk=policy.pk).update(run_id=maker.pk)
    Run.objects.filter(pk=maker.pk).update(status=RunStatus.DONE)
    assert queue_waiting_runs() == 1
    assert queue_waiting_runs() == 0
    waiting.refresh_from_db()
    assert waiting.status == RunStatus.QUEUED
    assert waiting.inputs.get(name="policy").model == policy


def test_a_tick_writes_the_heartbeat_and_what_it_is_busy_with(run, sent):
    monitor = Monitor("w@host 1", ["runs"])
    take_lease(run.pk, "w@host 1")
    monitor.tick()
    beat = WorkerHeartbeat.objects.get()
    assert (beat.name, beat.queues, beat.busy_with) == ("w@host 1", ["runs"], run)


def test_a_step_that_fails_leaves_the_others_their_turn(run, sent, monkeypatch):
    from labeling.runs.worker import monitor as module

    def broken() -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(module, "reclaim_runs", broken)
    Monitor("w@host 1", []).tick()
    run.refresh_from_db()
    assert run.woken_at is not None
