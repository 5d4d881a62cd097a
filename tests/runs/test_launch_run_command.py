"""manage.py launch_run: prints the run's id, and with --wait sees it to its end without a worker."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from run_parts import freeze_prompts

from labeling.collection.models import Candidate
from labeling.runs.models import Run, RunStatus, WorkerHeartbeat


def launch(*arguments: str) -> tuple[str, str]:
    out, told = StringIO(), StringIO()
    call_command("launch_run", *arguments, stdout=out, stderr=told)
    return out.getvalue().strip(), told.getvalue()


@pytest.fixture
def arguments(world, policy) -> list[str]:
    snapshot = freeze_prompts(world.project, 2)
    return [
        "sample", "--project", "Tales", "--input", f"prompts={snapshot.pk}", "--input", f"policy={policy.pk}",
        "--set", "max_response_tokens=4", "--set", "threads=1", "--seed", "5",
    ]  # fmt: skip


def test_it_queues_and_prints_the_id(arguments, sent):
    printed, _ = launch(*arguments)
    run = Run.objects.get(pk=printed)
    assert (run.status, run.seed) == (RunStatus.QUEUED, 5)
    assert run.settings["max_response_tokens"] == 4, "text from the command line becomes a number"


@pytest.mark.django_db(transaction=True)
def test_with_wait_and_no_worker_it_runs_it_itself(arguments, sent):
    printed, told = launch(*arguments, "--wait")
    run = Run.objects.get(pk=printed)
    assert run.status == RunStatus.DONE, run.error
    assert "No worker is running" in told
    assert Candidate.objects.filter(generation__run_id=run.pk).count() == 2 * 4
    assert not WorkerHeartbeat.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_with_wait_a_run_that_fails_makes_the_command_fail_with_its_words(arguments, sent):
    with pytest.raises(CommandError, match="cannot be used"):
        launch(*arguments, "--set", "max_prompt_tokens=1", "--wait")


def test_a_run_that_waits_for_another_cannot_be_waited_for_without_a_worker(world, policy, arguments, sent):
    first = Run.objects.create(name="first", kind="sft", preset="tiny", project=world.project, status="queued")
    waiting = [f"policy={first.pk}" if item.startswith("policy=") else item for item in arguments]
    with pytest.raises(CommandError, match="No worker is running"):
        launch(*waiting, "--wait")


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (["--set", "nonsense"], "NAME=VALUE"),
        (["--set", "top_p=9"], "top_p"),
        (["--input", "policy=x"], "each name once"),
        (["--project", "Nowhere"], "no project"),
    ],
)
def test_what_does_not_fit_is_said_plainly(arguments, sent, extra, words):
    with pytest.raises(CommandError, match=words):
        launch(*arguments, *extra)
    assert not Run.objects.exists()
