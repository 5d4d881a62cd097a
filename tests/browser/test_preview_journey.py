"""A researcher tries a batch as a labeler before it is published, in Chromium: fully at work, and nothing is kept."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.stage import COMPARISONS
from tests.fingerprint import fingerprint


def open_form(visitor: Visitor, stage: dict[str, Any], kind: str) -> Page:
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{stage['project'].pk}/publish?kind={kind}")
    expect(page.get_by_role("button", name="Preview as a labeler")).to_be_visible()
    return page


def kept_in_browser(page: Page) -> str:
    return page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def test_comparisons_are_tried_by_keys_and_leave_no_trace(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    visitor = visit()
    page = open_form(visitor, stage, "comparison")
    page.get_by_label("Name").fill("Second round")
    page.get_by_label("Self-harm").check()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    before, kept = fingerprint(), kept_in_browser(page)

    page.keyboard.press("Alt+v")
    expect(page.get_by_text("Preview: nothing is saved")).to_be_visible()
    expect(page.get_by_text("Task 1 of 3 shown; 3 would be published")).to_be_visible()
    expect(page.get_by_role("heading", name="This text may distress you")).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_text(COMPARISONS[0][0])).to_be_visible()

    # The guideline stands a key away; submitting too early says what is missing.
    page.keyboard.press("l")
    expect(page.get_by_role("complementary", name="Guideline")).to_be_visible()
    page.keyboard.press("l")
    page.keyboard.press("Control+Enter")
    expect(page.locator("footer").get_by_text("To rate: A B C D")).to_be_visible()
    for rating in "6423":
        page.keyboard.press(rating)
        page.keyboard.press("w")
        page.keyboard.press("]")
    expect(page.get_by_role("button", name="Rank by ratings")).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Ranking 4 of 4")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile("A labeler’s answer would be sent"))).to_be_visible()
    expect(page.get_by_text("Task 2 of 3 shown")).to_be_visible()

    # Skipping asks for the reason, as it does a labeler.
    page.keyboard.press("s")
    expect(page.get_by_text(COMPARISONS[1][0])).to_be_visible()
    page.keyboard.press("Shift+S")
    page.get_by_label("Unclear what is asked").check()
    page.get_by_role("button", name="Skip this task").click()
    expect(page.get_by_text("Task 3 of 3 shown")).to_be_visible()
    page.keyboard.press("Alt+b")
    expect(page.get_by_text("Task 2 of 3 shown")).to_be_visible()

    assert fingerprint() == before
    assert kept_in_browser(page) == kept
    asked = [line for line in sent if "/api/" in line and not line.startswith("GET ")]
    assert [line.split("/api/v1")[1] for line in asked] == [f"/projects/{stage['project'].pk}/batches/preview"]

    page.keyboard.press("Alt+c")
    expect(page.get_by_label("Name")).to_have_value("Second round")
    expect(page.get_by_label("Self-harm")).to_be_checked()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Second round is published with 3 tasks.")).to_be_visible()


def test_demonstrations_and_prompts_are_written_in_it(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    visitor = visit()
    page = open_form(visitor, stage, "demonstration")
    page.get_by_label("Only prompts that have no task yet").check()
    page.get_by_role("button", name="Preview as a labeler").click()
    # The three of the stage with outputs have no demonstration task yet.
    expect(page.get_by_text("Task 1 of 3 shown")).to_be_visible()
    page.get_by_role("textbox", name="Your answer").fill("A spade, and patience.")
    expect(page.get_by_text("Not saved", exact=True)).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Task 2 of 3 shown")).to_be_visible()
    expect(page.get_by_role("textbox", name="Your answer")).to_have_value("")
    page.get_by_role("button", name="Close the preview").click()

    page.get_by_label("Kind", exact=True).select_option("prompt")
    page.get_by_label("How many prompts").fill("2")
    page.get_by_role("button", name="Preview as a labeler").click()
    expect(page.get_by_role("heading", name="What to write")).to_be_visible()
    page.get_by_role("textbox", name="Your prompt", exact=True).fill("Tell me about rain.")
    page.get_by_role("textbox", name="Language").fill("en")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile("A labeler’s prompt would be sent"))).to_be_visible()
    page.keyboard.press("Alt+c")

    # What would be refused is said beside the form, and nothing else is shown.
    page.goto(f"{visitor.address}/projects/{stage['project'].pk}/publish?kind=comparison&source=nowhere")
    expect(page.get_by_label("Source")).to_have_value("nowhere")
    page.keyboard.press("Alt+v")
    expect(page.get_by_text("No prompt of the project is in this choice.")).to_be_visible()
