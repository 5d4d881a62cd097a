"""A question on an item, from the labeler's work page to the answer on home, and to those whom it may help."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visitor

STORY = "There was a keeper who lit the lamp with his eyes closed."
QUESTION = "May the keeper stay afraid to the end?"
ANSWER = "He may, as long as the child is not."


def test_from_the_question_to_the_answer_on_home(visit: Callable[..., Visitor]) -> None:
    labeler = visit()
    page = labeler.sign_in("ada")
    page.get_by_role("button", name="Write a demonstration").click()
    answer = page.get_by_role("textbox", name="Your answer")
    answer.fill(STORY)
    page.keyboard.press("Alt+q")
    panel = page.get_by_role("complementary", name="Questions on this task")
    field = panel.get_by_role("textbox", name="Ask the researchers")
    expect(field).to_be_focused()
    field.fill(QUESTION)
    # A reload loses neither the question nor the draft.
    page.reload()
    expect(answer).to_have_value(STORY)
    page.keyboard.press("Alt+q")
    expect(field).to_have_value(QUESTION)
    # Ctrl+Enter in the question sends the question, and not the task.
    field.focus()
    page.keyboard.press("Control+Enter")
    expect(panel.get_by_text("Your question is with the researchers.")).to_be_visible()
    expect(panel.get_by_role("list", name="Messages")).to_contain_text(QUESTION)
    expect(field).to_have_value("")
    expect(answer).to_have_value(STORY)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_role("button", name="Submit")).to_be_enabled()

    lead = visit().sign_in("eva")
    lead.get_by_role("link", name="Projects").click()
    lead.get_by_role("link", name="Tales").click()
    lead.get_by_role("navigation", name="Project").get_by_role("link", name="Questions").click()
    expect(lead.get_by_role("region", name="Waiting for an answer")).to_contain_text(QUESTION)
    expect(lead.get_by_role("button", name="Open the longest waiting")).to_be_visible()
    lead.keyboard.press("o")
    expect(lead.get_by_role("heading", name="The item, as they saw it")).to_be_visible()
    lead.get_by_role("textbox", name="Your answer").fill(ANSWER)
    lead.keyboard.press("Control+Enter")
    expect(lead.get_by_role("list", name="Messages")).to_contain_text(ANSWER)
    lead.get_by_role("button", name="Publish the answer").click()
    lead.get_by_role("textbox", name="The question in general words").fill("May a hero stay afraid?")
    lead.get_by_role("button", name="Publish", exact=True).click()
    expect(lead.get_by_role("button", name="Withdraw it")).to_be_visible()
    lead.get_by_role("button", name="Take it up into the next version").click()
    lead.get_by_role("button", name="Publish version 2").click()
    expect(lead.get_by_text("Version 2 of the guideline has taken this up.")).to_be_visible()

    home = labeler.open("/")
    home.get_by_role("link", name=QUESTION).click()
    expect(home.get_by_role("list", name="Messages")).to_contain_text(ANSWER)
    home.get_by_role("navigation", name="Main").get_by_role("link", name="Home").click()
    expect(home.get_by_role("link", name="Go on with your demonstration")).to_be_visible()
    expect(home.get_by_role("link", name=QUESTION)).to_be_hidden()

    # Somebody else in the project finds the published words.
    other = visit().sign_in("ben")
    other.get_by_role("link", name="Writing demonstrations").click()
    other.get_by_role("group", name="Parts of the guideline").get_by_role("button", name="Questions").click()
    other.get_by_role("searchbox", name="Search in answered questions").fill("hero afraid")
    expect(other.get_by_text("May a hero stay afraid?", exact=True)).to_be_visible()
    expect(other.get_by_text(QUESTION)).to_be_hidden()
