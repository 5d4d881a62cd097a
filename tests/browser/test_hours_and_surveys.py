"""Own hours, the hours of a project, and the voluntary surveys, in Chromium."""

from collections.abc import Callable
from io import StringIO

from playwright.sync_api import expect

from tests.browser.conftest import Visitor


def test_hours_appear_with_the_work_and_can_be_taken_home(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("ada")
    page.get_by_role("link", name="Your hours").click()
    expect(page.get_by_text("Nothing between these days").first).to_be_visible()
    page.get_by_role("link", name="Home").first.click()
    page.get_by_role("button", name="Write a demonstration").click()
    page.get_by_role("textbox", name="Your answer").fill("He lights the lamp.")
    page.keyboard.press("Control+Enter")
    page.get_by_role("status").get_by_text("Submitted").or_(page.get_by_text("Undo")).first.wait_for()
    page.goto(page.url.split("/work/")[0].rstrip("/") + "/")
    page.get_by_role("link", name="Your hours").click()
    expect(page.get_by_role("table", name="By week").get_by_role("row")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    lines = StringIO(download.value.path().read_text(encoding="utf-8-sig")).read().splitlines()
    assert lines[0].startswith("project,day (UTC),items")
    assert [line.split(",")[2] for line in lines[1:] if line] == ["1"]

    lead = visit().sign_in("eva")
    lead.get_by_role("link", name="Projects").first.click()
    lead.get_by_role("link", name="Tales").click()
    lead.get_by_role("link", name="Hours", exact=True).click()
    expect(lead.get_by_role("table", name="Hours").get_by_role("row").filter(has_text="ada")).to_be_visible()


def test_a_survey_is_answered_under_no_name_and_told_from_ten_on(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("ada")
    page.get_by_role("link", name="About this work").click()
    send = page.get_by_role("button", name="Send without my name")
    expect(send).to_be_disabled()
    page.get_by_role("radiogroup", name="I found the task repetitive.").get_by_label("Disagree", exact=True).check()
    send.click()
    expect(page.get_by_text("stored without your name")).to_be_visible()
    page.get_by_role("link", name="To your work").click()
    expect(page.get_by_role("link", name="About you")).to_be_visible()
    expect(page.get_by_role("link", name="About this work")).to_have_count(0)

    lead = visit().sign_in("eva")
    lead.get_by_role("link", name="Projects").first.click()
    lead.get_by_role("link", name="What labelers say").click()
    expect(lead.get_by_text("Fewer than ten answers so far.")).to_have_count(5)
