"""An admin's day in Chromium: people invited and sent away, work frozen, runs launched, watched and cancelled, a model
traced, and its outputs published to be ranked. The runs are real, on a random model of two layers."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.stage import PASSWORD
from tests.runs.run_parts import demonstrations, save_random_model


@pytest.fixture
def model(stage: dict[str, Any]) -> Any:
    from django.conf import settings

    from labeling.registry.services import register_model

    folder = settings.DATA_DIR / "models" / "random"
    if not folder.exists():
        save_random_model(folder)
    return register_model(actor=None, name="A random model", path=str(folder), kind="policy")


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The messages that would wake a worker, as ids of runs; none is sent."""
    from labeling.celery import app

    sent: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda name, args, **_: sent.append(args[0]))
    return sent


def work_on(run: Any) -> None:
    """See a run through as a worker does."""
    from labeling.runs.worker.supervise import supervise

    assert supervise(run.pk, worker="test", stopping=threading.Event())
    run.refresh_from_db()
    assert run.status == "done", run.error


def fact(page: Page, name: str) -> Any:
    """The value that stands under a name in a list of facts."""
    return page.locator("dl > div").filter(has=page.locator("dt", has_text=name)).locator("dd").first


def test_somebody_is_invited_joins_and_is_deactivated(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    from labeling.accounts.models import User

    admin = visit()
    page = admin.sign_in("gil")
    page.get_by_role("link", name="People").click()
    page.get_by_label("Project", exact=True).select_option("Tales")
    page.get_by_label("For whom").fill("chi of the evening group")
    page.get_by_role("button", name="Make an invitation link").click()
    link = page.get_by_role("status").locator("code").inner_text()
    assert re.fullmatch(re.escape(admin.address) + r"/join#[\w-]{20,}", link)

    guest = visit()
    theirs = guest.open(link.removeprefix(admin.address))
    theirs.get_by_label("User name").fill("chi")
    theirs.get_by_label("Password").first.fill(PASSWORD)
    theirs.get_by_role("button", name="Create the account").click()
    expect(theirs.get_by_role("button", name="Account of chi")).to_be_visible()
    assert stage["project"].memberships.get(user__username="chi").pool == "training"

    # The link is shown once: after a reload it is nowhere, and the list says who used it.
    page.reload()
    expect(page.get_by_text("Used by chi")).to_be_visible()
    assert link.split("#")[1] not in page.content()

    page.get_by_role("switch", name="chi is active").click()
    expect(page.get_by_role("switch", name="chi is active")).not_to_be_checked()
    assert not User.objects.get(username="chi").is_active
    theirs.reload()
    expect(theirs.get_by_role("heading", name="Sign in")).to_be_visible()

    page.goto(f"{admin.address}/audit?actor=gil")
    expect(page.get_by_role("cell", name=re.compile("deactivated")).first).to_be_visible()


def test_prompts_are_frozen_answered_and_the_outputs_published(
    visit: Callable[..., Visitor], stage: dict[str, Any], model: Any, messages: list[str]
) -> None:
    from labeling.runs.models import Run

    admin = visit()
    page = admin.sign_in("gil")
    page.get_by_role("link", name="Snapshots").click()
    page.get_by_text("No snapshot yet").wait_for()
    page.keyboard.press("f")
    page.get_by_label("What", exact=True).select_option("Prompts")
    page.get_by_role("button", name="Freeze", exact=True).click()
    expect(fact(page, "Records")).to_have_text("6")
    expect(page.get_by_role("group")).to_have_count(6)
    record = page.get_by_role("group").filter(has_text="lighthouse keeper")
    record.locator("summary").click()
    expect(record.locator("pre")).to_contain_text('"split"')

    page.get_by_role("link", name="Answer them").click()
    expect(page.get_by_text("Choose the required inputs to see rows, tokens, steps and memory.")).to_be_visible()
    page.get_by_label("Policy").select_option(str(model.pk))
    page.get_by_label("max response tokens").fill("0")
    expect(page.get_by_text("max_response_tokens").or_(page.get_by_text("must be")).first).to_be_visible()
    page.get_by_label("max response tokens").fill("8")
    expect(fact(page, "Rows")).to_have_text("24")
    page.get_by_role("button", name="Launch").click()
    expect(fact(page, "Status")).to_have_text("○Queued")
    expect(page.get_by_text("No worker is running, so runs stay queued.")).to_be_visible()
    run = Run.objects.get()
    assert messages == [str(run.pk)]
    assert (run.kind, run.settings, run.created_by.username) == ("sample", {"max_response_tokens": 8}, "gil")

    work_on(run)
    # The page asks by itself, and shows what came of it.
    expect(fact(page, "Status")).to_have_text("✓Done")
    expect(page.get_by_text("24 outputs to rank")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(run.samples.count())

    page.get_by_role("link", name="Publish them for ranking").click()
    page.get_by_label("Labelers per task").fill("1")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("is published with 6 tasks.")).to_be_visible()
    batch = stage["project"].batches.latest("created_at")
    makers = {c.candidate.generation.model.name for task in batch.tasks.all() for c in task.task_candidates.all()}
    assert makers == {"A random model"}


def test_a_run_is_watched_and_its_model_traced(
    visit: Callable[..., Visitor], stage: dict[str, Any], model: Any, messages: list[str]
) -> None:
    from labeling.registry.models import ModelVersion
    from labeling.runs.services.launch import launch_run

    run = launch_run(
        actor=stage["people"]["gil"],
        kind="sft",
        name="A short run",
        settings={"epochs": 2, "batch_size": 4, "threads": 1, "sample_prompts": 1},
        inputs={"data": str(demonstrations(stage["project"]).pk), "policy": str(model.pk)},
    )
    work_on(run)
    admin = visit()
    page = admin.sign_in("gil")
    page.get_by_role("link", name="Runs").click()
    page.get_by_role("link", name="A short run").click()
    expect(fact(page, "Status")).to_have_text("✓Done")
    loss = page.get_by_role("figure", name="loss loss:")
    expect(loss.locator("canvas")).to_be_visible()
    loss.locator("canvas").hover()  # the tooltip is drawn, and breaks no policy
    loss.get_by_text("As a table").click()
    assert loss.get_by_role("row").count() == run.metrics.count() + 1
    page.get_by_role("tab", name="Log").click()
    expect(page.get_by_text("Done.")).to_be_visible()

    page.get_by_role("link", name=re.compile("A short run")).click()
    expect(page.get_by_text("Where it comes from")).to_be_visible()
    tree = page.get_by_role("listitem")
    expect(tree.get_by_role("link", name="Tales demonstrations").first).to_be_visible()
    expect(tree.get_by_role("link", name="A random model").first).to_be_visible()
    page.get_by_label("Status").select_option("Promoted")
    expect(page.get_by_label("Status")).to_have_value("promoted")
    assert ModelVersion.objects.get(run_id=run.pk).status == "promoted"


def test_a_run_is_cancelled_and_resumed(
    visit: Callable[..., Visitor], stage: dict[str, Any], model: Any, messages: list[str]
) -> None:
    from labeling.runs.services.launch import launch_run

    run = launch_run(
        actor=None,
        kind="sft",
        settings={"threads": 1},
        inputs={"data": str(demonstrations(stage["project"]).pk), "policy": str(model.pk)},
    )
    admin = visit()
    page = admin.sign_in("gil")
    page.goto(f"{admin.address}/runs/{run.pk}")
    page.get_by_role("button", name="Cancel").click()
    expect(fact(page, "Status")).to_have_text("!Cancelled")
    page.get_by_role("button", name="Resume").click()
    expect(fact(page, "Status")).to_have_text("○Queued")
    run.refresh_from_db()
    assert run.status == "queued"

    # A researcher sees the run, but not the controls.
    theirs = visit().sign_in("eva")
    theirs.goto(f"{admin.address}/runs/{run.pk}")
    expect(fact(theirs, "Status")).to_have_text("○Queued")
    expect(theirs.get_by_role("button", name="Cancel")).to_have_count(0)
    theirs.goto(f"{admin.address}/runs/new")
    expect(theirs.get_by_role("heading", name="Not for your role")).to_be_visible()


def test_health_says_what_to_do_without_a_worker(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("gil")
    page.get_by_role("link", name="Health").click()
    expect(fact(page, "Database")).to_have_text("✓Answers")
    expect(fact(page, "Workers")).to_have_text("×0 alive")
    expect(page.get_by_text("No worker is running, so runs stay queued.")).to_be_visible()
    expect(page.get_by_text("celery -A labeling worker")).to_be_visible()
