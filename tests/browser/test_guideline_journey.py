"""A guideline beside the task: finding in it, its examples, and what changed since it was acknowledged."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visitor


def test_a_new_version_is_read_by_what_it_changed(visit: Callable[..., Visitor]) -> None:
    lead = visit().sign_in("eva")
    lead.get_by_role("link", name="Projects").click()
    lead.get_by_role("link", name="Tales").click()
    lead.get_by_role("navigation", name="Project").get_by_role("link", name="Guidelines").click()

    reader = visit()
    page = reader.sign_in("ada")
    page.get_by_role("link", name="Writing demonstrations").click()
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_text("You have acknowledged this version.")).to_be_visible()
    page.goto(reader.address)

    lead.get_by_role("button", name="New version").click()
    text = lead.get_by_role("textbox", name="Text")
    text.fill(text.input_value().replace("Begin with the answer.", "Begin with the answer, always.", 1))
    lead.get_by_role("button", name="Add an example").click()
    lead.get_by_role("textbox", name="Prompt").fill("Why is the sky blue?")
    lead.get_by_role("textbox", name="Answer").fill("Sure! What a great question!")
    lead.get_by_role("textbox", name="Why it is good, or not").fill("It answers nothing.")
    lead.get_by_role("switch", name="A good answer").press("Space")
    lead.get_by_role("button", name="Publish the version").click()
    expect(lead.get_by_text("It answers nothing.")).to_be_visible()

    # Home says that it is new; the page shows only what changed.
    page.reload()
    page.get_by_role("link", name="Writing demonstrations").click()
    expect(page.get_by_text("Version 2 is new; you have acknowledged version 1.")).to_be_visible()
    page.get_by_role("button", name="What changed").click()
    expect(page.locator("ins")).to_contain_text(["always"])
    page.goto(reader.address)

    # Beside the task by one key, with find as one types.
    page.get_by_role("button", name="Write a demonstration").click()
    expect(page.get_by_role("textbox", name="Your answer")).to_be_visible()
    page.keyboard.press("Alt+l")
    panel = page.get_by_role("complementary", name="Guideline")
    find = panel.get_by_role("searchbox", name="Find in the guideline")
    find.fill("answer")
    expect(panel.get_by_role("status")).to_contain_text("1 of ")
    find.press("Enter")
    expect(panel.get_by_role("status")).to_contain_text("2 of ")
    find.fill("no such words")
    expect(panel.get_by_role("status")).to_contain_text("These words are not in it.")
    panel.get_by_role("navigation", name="Headings").get_by_role("button", name="Before you submit").click()
    panel.get_by_role("button", name="Examples").click()
    expect(panel.get_by_role("list", name="Worked examples")).to_contain_text("Not a good answer")
