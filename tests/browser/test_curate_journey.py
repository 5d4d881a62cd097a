"""A researcher curates: sets a target mix, decides on personal data and near duplicates by keys, changes consent, and
looks at what would be published by what the mix lacks; and on a phone reads the paper's tables."""

import os
from collections.abc import Callable
from io import BytesIO
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_accessibility import violations

TALE = "Tell the tale of the miller who sold his wind to a stranger, in the words of the stranger, to a child of seven"


def bring_in(stage: dict[str, Any]) -> None:
    from labeling.collection.services.import_prompts import import_prompts

    rows = [
        f'{{"prompt": "{TALE}.", "use_case": "generation"}}',
        f'{{"prompt": "Please: {TALE}, and then stop.", "use_case": "generation"}}',
        '{"prompt": "Write to jane@example.org that Jane Doe is late.", "use_case": "rewrite"}',
        '{"prompt": "What is a mill?", "use_case": "open_qa"}',
    ]
    import_prompts(
        actor=stage["people"]["eva"], project=stage["project"], stream=BytesIO("\n".join(rows).encode()),
        file_name="more.jsonl", consent=True, source="more",
    )  # fmt: skip


def look(page: Page, name: str, *, narrow: bool = False) -> None:
    """A picture, where CONCORD_LOOK names a folder for it; and what axe finds.

    On narrow pages a table scrolls in a box inside the one that has the focus, which axe does not take for it.
    """
    if folder := os.environ.get("CONCORD_LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    found = violations(page)
    assert [one for one in found if not (narrow and one.startswith("scrollable-region-focusable"))] == []


def test_a_researcher_curates(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    from labeling.collection.models import Prompt

    bring_in(stage)
    visitor = visit()
    page = visitor.sign_in("eva")
    home = f"{visitor.address}/projects/{stage['project'].pk}"
    page.goto(f"{home}/curate")

    page.get_by_role("button", name="Set a target mix").click()
    page.get_by_label("Open QA, %").fill("60")
    page.get_by_label("Rewrite, %").fill("40")
    expect(page.get_by_text("Together 100 %")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The labeled prompts lack")).to_be_visible()
    look(page, "mix")
    page.get_by_role("table").get_by_role("link", name="Rewrite").click()
    expect(page.get_by_role("link", name="Write to [EMAIL] that Jane Doe is late.")).to_be_visible()
    page.go_back()

    page.get_by_role("button", name="Personal data (1)").click()
    expect(page.get_by_text("Masked when it came in: e-mail address")).to_be_visible()
    look(page, "personal")
    page.keyboard.press("m")
    page.get_by_label("Pieces to mask").fill("Jane Doe")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing to decide")).to_be_visible()
    masked = Prompt.objects.get(use_case="rewrite")
    assert masked.messages[0]["content"] == "Write to [EMAIL] that [PERSONAL DATA] is late."

    page.get_by_role("button", name="Near duplicates").click()
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("1 pair is to be decided on.")).to_be_visible()
    look(page, "duplicates")
    page.keyboard.press("1")
    expect(page.get_by_text("No near duplicates to decide on")).to_be_visible()
    assert Prompt.objects.filter(use_case="generation", withdrawn_at=None).count() == 1

    page.get_by_role("button", name="Consent").click()
    page.get_by_role("button", name="Take back the consent for all prompts of more").click()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("3 prompts changed.")).to_be_visible()
    look(page, "consent")
    page.get_by_role("button", name="Reward-model scores").click()
    expect(page.get_by_text("No reward model yet")).to_be_visible()

    page.goto(f"{home}/publish?source=more")
    page.get_by_label("Choose what is most worth labeling").check()
    page.get_by_role("button", name="See the choice").click()
    expect(page.get_by_text("3 tasks would be made")).to_be_visible()
    expect(page.get_by_text("the mix lacks it: 60.0%")).to_be_visible()


def test_curating_on_a_phone_in_the_dark(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    bring_in(stage)
    phone = visit(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = phone.sign_in("eva")
    for view in ("curate", "curate?view=personal", "tables"):
        page.goto(f"{phone.address}/projects/{stage['project'].pk}/{view}")
        expect(page.get_by_role("navigation", name="Project")).to_be_visible()
        page.wait_for_load_state("networkidle")
        look(page, "phone-" + view.replace("?", "-").replace("=", "-"), narrow=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, view
