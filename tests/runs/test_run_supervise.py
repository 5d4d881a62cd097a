"""A supervisor with the real trainer: what a run brings in, and what a message that comes twice does not do."""

import json
import math
import threading

import pytest
from django.db import connection
from run_parts import SMALL, comparisons, demonstrations, freeze_prompts, wait_until

from labeling.collection.models import Candidate
from labeling.registry.models import Generation, ModelVersion
from labeling.runs.models import Metric, Run, RunSample, RunStatus
from labeling.runs.services.control import cancel_run, resume_run
from labeling.runs.services.launch import launch_run
from labeling.runs.worker import lease as leases
from labeling.runs.worker.supervise import supervise

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def never() -> threading.Event:
    return threading.Event()


@pytest.fixture
def sample_run(world, policy, sent) -> Run:
    snapshot = freeze_prompts(world.project)
    return launch_run(
        actor=None,
        kind="sample",
        settings=SMALL | {"prompts_per_step": 2, "samples_per_prompt": 3},
        inputs={"prompts": str(snapshot.pk), "policy": str(policy.pk)},
    )


@pytest.fixture
def long_run(world, policy, sent) -> Run:
    """An SFT run of some thousand short steps, so that it is still going when something happens to it."""
    return launch_run(
        actor=None,
        kind="sft",
        settings={"epochs": 400, "batch_size": 2, "checkpoint_every": 20, "threads": 1, "sample_prompts": 0},
        inputs={"data": str(demonstrations(world.project).pk), "policy": str(policy.pk)},
    )


def start(run: Run, stopping: threading.Event) -> threading.Thread:
    def work() -> None:
        try:
            supervise(run.pk, worker="test", stopping=stopping)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_sample_run_brings_in_candidates_metrics_samples_and_log(world, sample_run, policy, never):
    prompt_ids = set(world.project.prompts.values_list("pk", flat=True))
    Candidate.objects.create(prompt_id=min(prompt_ids), text="Earlier.", text_key="x", order=1)
    assert supervise(sample_run.pk, worker="test", stopping=never)
    sample_run.refresh_from_db()
    assert sample_run.status == RunStatus.DONE, sample_run.error
    assert (sample_run.step, sample_run.steps, sample_run.attempt) == (3, 3, 1)
    generation = Generation.objects.get(run_id=sample_run.pk)
    assert generation.model == policy
    made = Candidate.objects.filter(generation=generation)
    assert made.count() == 6 * 3
    assert set(made.values_list("prompt", flat=True)) == prompt_ids
    orders = list(Candidate.objects.filter(prompt_id=min(prompt_ids)).order_by("order").values_list("order", flat=True))
    assert orders == [1, 2, 3, 4], "after the one that the prompt had"
    assert list(Metric.objects.filter(run=sample_run).order_by("step").values_list("step", flat=True)) == [1, 2, 3]
    assert RunSample.objects.filter(run=sample_run).exists()

    run = world.eva.get(f"/api/v1/runs/{sample_run.pk}").json()
    assert run["candidates"] == 18
    assert run["latest"]["candidates"] == 18.0
    metrics = world.eva.get(f"/api/v1/runs/{sample_run.pk}/metrics?after=1").json()
    assert [row["step"] for row in metrics["results"]] == [2, 3]
    samples = world.eva.get(f"/api/v1/runs/{sample_run.pk}/samples").json()
    assert samples["steps"] == [1]
    assert samples["results"][0]["content"]["messages"][0]["role"] == "user"
    log = world.eva.get(f"/api/v1/runs/{sample_run.pk}/log").json()
    assert "Done." in log["text"]


def test_a_message_that_comes_twice_does_nothing_twice(sample_run, never):
    first, second = start(sample_run, never), start(sample_run, never)
    first.join()
    second.join()
    assert not supervise(sample_run.pk, worker="late", stopping=never), "late: it is done"
    sample_run.refresh_from_db()
    assert (sample_run.status, sample_run.attempt) == (RunStatus.DONE, 1)
    assert Generation.objects.filter(run_id=sample_run.pk).count() == 1
    assert Candidate.objects.filter(generation__run_id=sample_run.pk).count() == 18


def test_a_message_for_a_run_that_is_gone_is_left_alone(sample_run, never):
    key = sample_run.pk
    sample_run.delete()
    assert not supervise(key, worker="test", stopping=never)


def test_an_sft_run_registers_its_model_once_and_wakes_who_waited(world, policy, sent, never):
    snapshot = demonstrations(world.project)
    sft = launch_run(
        actor=None,
        kind="sft",
        settings={"epochs": 1, "threads": 1},
        inputs={"data": str(snapshot.pk), "policy": str(policy.pk)},
    )
    prompts = freeze_prompts(world.project)
    sample = launch_run(
        actor=None, kind="sample", settings=SMALL, inputs={"prompts": str(prompts.pk), "policy": str(sft.pk)}
    )
    assert sample.status == RunStatus.WAITING
    assert sent == [str(sft.pk)]
    waits_for = next(
        entry for entry in world.gil.get(f"/api/v1/runs/{sample.pk}").json()["inputs"] if entry["name"] == "policy"
    )
    assert (waits_for["from_run"], waits_for["from_run_status"]) == (str(sft.pk), "queued")
    assert not supervise(sample.pk, worker="test", stopping=never), "a waiting run is not taken"
    supervise(sft.pk, worker="test", stopping=never)
    sft.refresh_from_db()
    assert sft.status == RunStatus.DONE, sft.error
    model = ModelVersion.objects.get(run_id=sft.pk)
    assert model.kind == "policy"
    assert model.project == world.project
    assert "settings" in model.card
    assert [(link.parent, link.role) for link in model.parent_links.all()] == [(policy, "policy")]
    assert sent == [str(sft.pk), str(sample.pk)]
    supervise(sample.pk, worker="test", stopping=never)
    sample.refresh_from_db()
    assert sample.status == RunStatus.DONE, sample.error
    assert sample.inputs.get(name="policy").model == model

    lineage = world.eva.get(f"/api/v1/candidates/{Candidate.objects.last().pk}/lineage").json()
    kinds = {node["type"] for node in lineage["nodes"]}
    assert kinds == {"candidate", "model", "run", "snapshot"}
    assert {"from": str(sft.pk), "to": str(model.pk), "role": "output"} in lineage["edges"]
    assert {"from": str(snapshot.pk), "to": str(sft.pk), "role": "data"} in lineage["edges"]


def test_an_evaluation_tells_what_it_measured(world, policy, sent, never):
    run = launch_run(
        actor=None,
        kind="evaluate",
        settings={"threads": 1, "split": "valid"},
        inputs={"data": str(demonstrations(world.project).pk), "policy": str(policy.pk)},
    )
    supervise(run.pk, worker="test", stopping=never)
    told = world.eva.get(f"/api/v1/runs/{run.pk}").json()
    assert told["status"] == "done", told["error"]
    measured = told["report"]["demonstrations"]
    assert (measured["records"], measured["split"]) == (4, "valid")
    # Random weights know nothing: about the logarithm of the vocabulary's size.
    assert measured["loss"] == pytest.approx(math.log(300), abs=0.5)
    assert measured["perplexity"] == pytest.approx(math.exp(measured["loss"]))


def test_a_reward_model_tells_its_accuracy_by_parts(world, policy, sent, never):
    run = launch_run(
        actor=None,
        kind="rm",
        settings=SMALL | {"max_response_tokens": 32},
        inputs={"data": str(comparisons(world.project, 20).pk), "policy": str(policy.pk)},
    )
    assert world.eva.get(f"/api/v1/runs/{run.pk}").json()["parts"] is None, "nothing is measured yet"
    supervise(run.pk, worker="test", stopping=never)
    told = world.eva.get(f"/api/v1/runs/{run.pk}").json()
    assert told["status"] == "done", told["error"]
    whole, parts = told["report"]["comparisons"], told["parts"]
    assert (whole["pairs"], whole["prompts"], whole["split"]) == (4, 4, "valid")
    assert set(parts["accuracy_by"]) == {"outputs", "use_case", "pool", "agreement"}
    (row,) = parts["accuracy_by"]["pool"]
    assert (row["part"], row["pairs"], row["prompts"]) == ("training", 4, 4)
    assert row["accuracy"] == pytest.approx(whole["accuracy"])
    assert (row["accuracy_low"], row["accuracy_high"]) == pytest.approx((whole["accuracy_low"], whole["accuracy_high"]))
    assert sum(row["pairs"] for row in parts["calibration"]) == 4
    model = ModelVersion.objects.get(run_id=run.pk)
    assert "| pool | training |" in model.card
    assert "As far as is known" in model.card, "the policy says nothing about its demonstrations"


def test_cancel_and_resume(world, long_run, never):
    supervisor = start(long_run, never)
    wait_until(lambda: Metric.objects.filter(run=long_run).count() > 30, "steps")
    answer = world.gil.post(f"/api/v1/runs/{long_run.pk}/cancel")
    assert answer.status_code == 200
    assert answer.json()["status"] in ("stopping", "cancelled")
    supervisor.join()
    long_run.refresh_from_db()
    assert long_run.status == RunStatus.CANCELLED, long_run.error
    stopped_at = long_run.step
    assert 0 < stopped_at < long_run.steps
    assert world.gil.post(f"/api/v1/runs/{long_run.pk}/cancel").status_code == 200, "again is no error"
    Run.objects.filter(pk=long_run.pk).update(status=RunStatus.CANCELLED)

    assert world.gil.post(f"/api/v1/runs/{long_run.pk}/resume").json()["status"] == "queued"
    assert world.gil.post(f"/api/v1/runs/{long_run.pk}/resume").status_code == 409
    again = start(long_run, never)
    wait_until(lambda: Metric.objects.filter(run=long_run, attempt=2).exists(), "steps of the second attempt")
    cancel_run(actor=None, run=long_run)
    again.join()
    steps = list(Metric.objects.filter(run=long_run).order_by("step").values_list("step", "attempt"))
    assert [step for step, _ in steps] == list(range(1, len(steps) + 1)), "no gap and no step twice"
    assert min(step for step, attempt in steps if attempt == 2) == stopped_at + 1


def test_a_worker_that_is_told_to_end_gives_its_run_back(long_run, sent):
    stopping = threading.Event()
    supervisor = start(long_run, stopping)
    wait_until(lambda: Metric.objects.filter(run=long_run).count() > 5, "steps")
    stopping.set()
    supervisor.join()
    long_run.refresh_from_db()
    assert long_run.status == RunStatus.QUEUED
    assert long_run.lease_owner == ""
    assert sent[-1] == str(long_run.pk), "for another worker"


def test_a_lease_that_was_taken_over_ends_the_trainer(long_run, never, monkeypatch):
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.2)
    supervisor = start(long_run, never)
    wait_until(lambda: Metric.objects.filter(run=long_run).exists(), "steps")
    Run.objects.filter(pk=long_run.pk).update(attempt=7, lease_owner="another")
    supervisor.join()
    long_run.refresh_from_db()
    assert (long_run.attempt, long_run.lease_owner, long_run.status) == (7, "another", RunStatus.RUNNING)


def test_a_failed_run_says_in_the_trainers_words_why(world, policy, sent, never):
    snapshot = demonstrations(world.project)
    run = launch_run(
        actor=None,
        kind="sft",
        settings={"max_prompt_tokens": 1, "threads": 1},
        inputs={"data": str(snapshot.pk), "policy": str(policy.pk)},
    )
    supervise(run.pk, worker="test", stopping=never)
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert run.error["title"] == "The data cannot be used"
    assert "too long" in run.error["detail"]
    assert world.eva.get(f"/api/v1/runs/{run.pk}").json()["error"] == run.error
    assert resume_run(actor=None, run=run).error is None


def test_the_trainer_sees_no_secrets(monkeypatch):
    from labeling.runs.worker.process import trainer_environment

    for name in ("DATABASE_URL", "REDIS_URL", "CONCORD_SECRET_KEY", "CONCORD_PASSWORD", "HF_TOKEN", "AWS_SECRET"):
        monkeypatch.setenv(name, "secret-value")
    environment = trainer_environment()
    assert "secret-value" not in json.dumps(environment)
    assert environment["CONCORD_SUPERVISED"] == "1"
    assert environment["PATH"]
