"""From the screening test to the first paid task, in Chromium; and what calibration shows."""

import uuid
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
from rest_framework.test import APIClient

from tests.browser.conftest import Visitor
from tests.browser.stage import COMPARISONS, DEMONSTRATION_PROMPTS
from tests.browser.test_labeler_journey import answer_field, rate_all

WORDS = "I would write a kind and short note, and offer to help with the coop."


def publish(stage: dict[str, Any], kind: str, text: str, **fields: Any) -> Any:
    from labeling.collection.services.publish_batch import PromptChoice, publish_batch

    prompt = stage["project"].prompts.get(messages__0__content=text)
    choice = PromptChoice(ids=[prompt.pk])
    return publish_batch(
        actor=stage["people"]["eva"], project=stage["project"], kind=kind, prompts=choice, **fields
    ).batch.tasks.get()


def set_key(stage: dict[str, Any], task: Any, reasons: str) -> None:
    """By API, in the order of the texts; the pages' own way to a key is in the journey."""
    client = APIClient()
    client.force_login(stage["people"]["eva"], backend="django.contrib.auth.backends.ModelBackend")
    assignment = client.post(f"/api/v1/tasks/{task.pk}/answer", {}, format="json").json()
    outputs = [output["id"] for output in sorted(assignment["candidates"], key=lambda output: output["text"])]
    body = {
        "submission_id": str(uuid.uuid4()),
        "ratings": [{"candidate": output, "overall": 6 - place} for place, output in enumerate(outputs)],
        "ranking": [[output] for output in outputs],
    }
    judged = client.post(f"/api/v1/assignments/{assignment['id']}/submit", body, format="json").json()["judgment"]
    body = {"judgment": judged, "reasons": reasons, "version": 0}
    assert client.post(f"/api/v1/tasks/{task.pk}/key", body, format="json").status_code == 201


def compare(page: Page) -> None:
    rate_all(page, "6254")
    page.keyboard.press("p")
    page.keyboard.press("Control+Enter")


def test_screening_to_the_first_paid_task(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    from labeling.collection.models import Assignment
    from labeling.projects.models import Membership, Project

    project = stage["project"]
    Project.objects.update(require_screening=True)
    Membership.objects.filter(user=stage["people"]["ada"]).update(qualified=False)
    set_key(stage, publish(stage, "comparison", COMPARISONS[0][0], purpose="screening", part="flagging"), "Harmless.")
    publish(stage, "comparison", COMPARISONS[1][0], purpose="screening", part="ranking")
    publish(stage, "demonstration", DEMONSTRATION_PROMPTS[1], purpose="screening", part="demonstrations")

    # A researcher answers the ranking item with the labelers' form, and makes that the key.
    research = visit().sign_in("eva")
    address = f"{research.url.rstrip('/')}/projects/{project.pk}/screenings"
    research.goto(address)
    research.get_by_role("button", name=f"Answer: {COMPARISONS[1][0]}").click()
    research.wait_for_url("**/work/**")
    here = research.url
    compare(research)
    research.wait_for_url(lambda url: url != here)
    research.goto(address)
    research.get_by_role("button", name=f"Make an answer the key: {COMPARISONS[1][0]}").click()
    research.get_by_label("Reasons").fill("The fable that has a moral is best.")
    research.keyboard.press("Control+Enter")
    expect(research.get_by_text("Version 1, by eva")).to_have_count(2)

    # The labeler takes the test.
    page = visit().sign_in("ada")
    page.get_by_role("link", name="Take the test").click()
    expect(page.get_by_text("Ranking outputs")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/work/**")
    first = page.url
    compare(page)
    page.wait_for_url(lambda url: url != first)
    compare(page)
    page.wait_for_url("**/screening")
    page.get_by_role("button", name="Go on").click()
    answer_field(page).fill(WORDS)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/screening")
    page.get_by_label("Topics", exact=True).fill("Quarrels of neighbors")
    page.get_by_label("Cultural groups").fill("My village")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("All parts are done.")).to_be_visible()

    # The researcher rates what was written, not knowing by whom, and decides.
    research.goto(address)
    expect(research.get_by_text(WORDS)).to_be_visible()
    research.keyboard.press("7")
    expect(research.get_by_text("Nothing waits for your rating.")).to_be_visible()
    expect(research.get_by_text("7", exact=True).first).to_be_visible()
    expect(research.get_by_text("Quarrels of neighbors")).to_be_visible()
    assert "ada" not in research.get_by_role("main").inner_text().split()
    research.get_by_role("button", name="Decide on").click()
    research.get_by_label("Qualify").check()
    research.get_by_label("Reason").fill("A kind note, and careful flags.")
    research.keyboard.press("Control+Enter")
    expect(research.get_by_text("ada is qualified")).to_be_visible()

    # The result, and the first paid task.
    page.reload()
    expect(page.get_by_text("You are qualified: paid tasks wait for you.")).to_be_visible()
    expect(page.get_by_text("A kind note, and careful flags.")).to_be_visible()
    page.get_by_role("link", name="To your work").click()
    page.get_by_role("button", name="Compare outputs").click()
    page.wait_for_url("**/work/**")
    assert Assignment.objects.get(pk=page.url.rsplit("/", 1)[1]).task.purpose == "work"


def test_calibration_shows_the_key_and_goes_on(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    from labeling.projects.models import Project

    Project.objects.update(require_calibration=True)
    set_key(stage, publish(stage, "comparison", COMPARISONS[2][0], purpose="calibration"), "**Show the way** to it.")
    page = visit().sign_in("ada")
    expect(page.get_by_text("First a few paid tasks")).to_be_visible()
    page.get_by_role("button", name="Compare outputs").click()
    page.wait_for_url("**/work/**")
    calibration = page.url
    compare(page)
    expect(page.get_by_role("heading", name="How researchers answered")).to_be_visible()
    expect(page.get_by_text("Show the way to it.")).to_be_visible()
    expect(page.get_by_text("of 6 pairs of outputs")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(5)
    page.reload()
    expect(page.get_by_text("Show the way to it.")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/work/" in url and url != calibration)
    expect(page.get_by_role("heading", name="Output A")).to_be_visible()
