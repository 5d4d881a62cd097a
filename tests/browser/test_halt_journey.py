"""An admin reads a run's samples some at a time, halts it, and later chooses that it goes on all the same."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Visitor


def test_a_run_is_read_halted_and_goes_on_by_choice(
    visit: Callable[..., Visitor], stage: dict[str, Any], monkeypatch: Any
) -> None:
    from labeling.celery import app
    from labeling.runs.halting import halted
    from labeling.runs.models import Run, RunSample

    monkeypatch.setattr(app, "send_task", lambda *_, **__: None)
    run = Run.objects.create(
        name="Poet", project=stage["project"], kind="ppo", preset="tiny", status="running", step=41, steps=100
    )
    RunSample.objects.bulk_create(
        RunSample(
            run=run,
            step=40,
            index=index,
            attempt=1,
            content={
                "prompt": str(index),
                "messages": [{"role": "user", "content": f"Question {index + 1}?"}],
                "outputs": [{"text": f"Verse {index + 1}.", "reward": 0.5, "kl": 1.0}],
            },
        )
        for index in range(19)
    )
    admin = visit()
    page = admin.sign_in("gil")
    page.goto(f"{admin.address}/runs/{run.pk}?tab=samples")
    expect(page.get_by_role("article")).to_have_count(8)
    expect(page.get_by_text("Prompts 1 to 8 of 19")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("Prompts 9 to 16 of 19")).to_be_visible()
    expect(page.get_by_text("Verse 9.")).to_be_visible()
    page.get_by_role("button", name="Next prompts").click()
    expect(page.get_by_role("article")).to_have_count(3)
    expect(page.get_by_role("button", name="Next prompts")).to_be_disabled()
    page.keyboard.press("k")
    expect(page.get_by_text("Prompts 9 to 16 of 19")).to_be_visible()

    page.keyboard.press("h")
    confirm = page.get_by_role("button", name="Halt it")
    expect(confirm).to_be_disabled()
    expect(page.get_by_label("What is wrong")).to_be_focused()
    page.keyboard.type("It answers in verse.")
    page.keyboard.press("Control+Enter")
    expect(confirm).to_have_count(0)
    expect(page.get_by_text("Stopping")).to_be_visible()
    run.refresh_from_db()
    assert run.halting == {"by": "gil", "why": "It answers in verse."}

    Run.objects.filter(pk=run.pk).update(**halted(run))  # as the worker does, once the trainer has ended
    alert = page.get_by_role("alert").filter(has_text="Halted by gil")
    expect(alert).to_contain_text("It answers in verse.")
    expect(page.get_by_role("button", name="Resume", exact=True)).to_have_count(0)
    page.get_by_role("tab", name="Inputs and settings").click()
    expect(page.get_by_text("after step 41.")).to_be_visible()
    page.keyboard.press("r")
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.get_by_text("○Queued")).to_be_visible()
    expect(page.get_by_text("after step 41.")).to_be_visible()
    run.refresh_from_db()
    assert (run.status, run.error, run.halting) == ("queued", None, None)
