"""Sensitive texts in Chromium: a researcher marks a prompt, a labeler is warned, and opts out."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from labeling.collection.models import Prompt
from tests.browser.conftest import Visitor


def test_a_marked_text_is_shown_only_when_asked_for_and_never_after_opting_out(
    visit: Callable[..., Visitor], stage: dict[str, Any]
) -> None:
    lead = visit().sign_in("eva")
    site = lead.url.split("/", 3)
    home = "/".join(site[:3]) + "/"
    texts = []
    for prompt in Prompt.objects.filter(tasks__kind="demonstration").distinct():
        lead.goto(f"{home}prompts/{prompt.pk}")
        lead.get_by_label("Self-harm or suicide").click()
        expect(lead.get_by_label("Self-harm or suicide")).to_be_checked()
        expect(lead.get_by_label("Self-harm or suicide")).to_be_enabled()
        texts.append(prompt.messages[-1]["content"])

    page = visit().sign_in("ada")
    page.get_by_role("button", name="Write a demonstration").click()
    expect(page.get_by_role("heading", name="This text may distress you")).to_be_visible()
    expect(page.get_by_text("Self-harm or suicide")).to_be_visible()
    assert not any(text in page.inner_text("body") for text in texts)
    page.keyboard.press("s")
    expect(page.get_by_role("textbox", name="Your answer")).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="Your answer")).to_be_visible()

    page.goto(home)
    page.get_by_role("link", name="Texts you do not want").click()
    page.get_by_label("Self-harm or suicide").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.goto(home)
    expect(page.get_by_role("link", name="Texts you do not want")).to_be_visible()
    expect(page.get_by_role("button", name="Write a demonstration")).to_have_count(0)
    expect(page.get_by_role("link", name="Go on with your demonstration")).to_have_count(0)
