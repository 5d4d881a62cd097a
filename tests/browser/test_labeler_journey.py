"""A labeler's day in Chromium: writing, ranking, losing the network, reloading, two tabs, undo."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor
from tests.browser.stage import PASSWORD

STORY = "There was a keeper who lit the lamp with his eyes closed."


def begin(page: Page, what: str) -> None:
    page.get_by_role("button", name=what).click()
    page.wait_for_url("**/work/**")


def answer_field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your answer")


def saved(page: Page) -> Locator:
    return page.get_by_role("banner").get_by_text("Saved", exact=True)


def rate_all(page: Page, ratings: str) -> None:
    """Rate A, B, C, ... by keys, and go on to the ranking."""
    expect(page.get_by_role("heading", name="Output A")).to_be_visible()
    for position, rating in enumerate(ratings):
        expect(page.get_by_role("heading", name=f"Output {'ABCDEFGHI'[position]}")).to_be_visible()
        page.keyboard.press(rating)
        page.keyboard.press("]")
    expect(page.get_by_role("heading", name="To be ranked")).to_be_visible()


def column(page: Page, rank: int) -> Locator:
    return page.locator(f"[data-rank='{rank - 1}']")


def letters_in(column: Locator) -> list[str]:
    return sorted(
        label[-1]
        for label in column.get_by_role("button", name=re.compile("^Output .$")).evaluate_all(
            "cards => cards.map(card => card.querySelector('.visually-hidden').textContent)"
        )
    )


def judgments(kind: str) -> list[Any]:
    from labeling.collection.models import Judgment

    return list(Judgment.objects.filter(current=True, assignment__task__kind=kind).order_by("created_at"))


def assignments(**wanted: Any) -> list[Any]:
    from labeling.collection.models import Assignment

    return list(Assignment.objects.filter(labeler__username="ada", **wanted))


def test_a_demonstration_survives_a_reload_in_the_middle_of_typing(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("ada")
    begin(page, "Write a demonstration")
    answer_field(page).press_sequentially(STORY)
    page.reload()
    expect(answer_field(page)).to_have_value(STORY)
    expect(saved(page)).to_be_visible()

    answer_field(page).focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Demonstration submitted:")).to_be_visible()
    [judgment] = judgments("demonstration")
    assert judgment.demonstration.response == STORY
    # The next task is there, with an empty answer.
    expect(answer_field(page)).to_have_value("")


def test_what_is_typed_offline_is_kept_and_sent_when_the_network_is_back(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.sign_in("ada")
    begin(page, "Write a demonstration")
    expect(answer_field(page)).to_be_visible()
    visitor.context.set_offline(True)
    answer_field(page).press_sequentially(STORY)
    expect(page.get_by_text("No connection")).to_be_visible()
    expect(page.get_by_text("Kept in this browser", exact=True)).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    assert judgments("demonstration") == []

    visitor.context.set_offline(False)
    expect(page.get_by_text("Demonstration submitted:")).to_be_visible()
    [judgment] = judgments("demonstration")
    assert judgment.demonstration.response == STORY


def test_a_crash_without_network_loses_nothing(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.sign_in("ada")
    begin(page, "Write a demonstration")
    expect(answer_field(page)).to_be_visible()
    address = page.url.removeprefix(visitor.address)
    # The page goes on to be served, but no draft gets through before the window is gone.
    page.route("**/draft", lambda route: route.abort())
    answer_field(page).press_sequentially(STORY)
    expect(page.get_by_text("Kept in this browser", exact=True)).to_be_visible()
    page.close(run_before_unload=False)

    page = visitor.open(address)
    expect(answer_field(page)).to_have_value(STORY)
    expect(saved(page)).to_be_visible()


def test_two_tabs_show_both_versions_and_lose_neither(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    first = visitor.sign_in("ada")
    begin(first, "Write a demonstration")
    expect(answer_field(first)).to_be_visible()
    second = visitor.open(first.url.removeprefix(visitor.address))
    expect(answer_field(second)).to_be_visible()
    answer_field(first).fill("From the first tab.")
    expect(saved(first)).to_be_visible()
    answer_field(second).fill("From the second tab.")

    conflict = second.get_by_role("alert", name="There are two versions of your work.")
    expect(conflict).to_contain_text("From the first tab.")
    expect(conflict).to_contain_text("From the second tab.")
    conflict.get_by_role("button", name="Take both together").click()
    expect(answer_field(second)).to_have_value("From the second tab.\n\nFrom the first tab.")
    expect(conflict).to_be_hidden()
    expect(saved(second)).to_be_visible()


def test_ranking_by_keys_with_a_tie_and_undo(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("ada")
    begin(page, "Compare outputs")
    rate_all(page, "6265")
    for key in ("a", "1", "c", "1", "d", "2", "b", "4"):
        page.keyboard.press(key)
    assert [letters_in(column(page, rank)) for rank in (1, 2, 3, 4)] == [["A", "C"], ["D"], [], ["B"]]
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Comparison submitted:")).to_be_visible()
    [judgment] = judgments("comparison")
    by_position = list(judgment.comparison.ratings.order_by("position").values_list("overall", "rank"))
    assert by_position == [(6, 1), (2, 3), (6, 1), (5, 2)]

    page.keyboard.press("Shift+U")
    expect(page.get_by_text("Comparison submitted:")).to_be_hidden()
    expect(page.get_by_role("heading", name="To be ranked")).to_be_visible()
    assert judgments("comparison") == []
    # The ranks closed up when they were submitted; nothing else has changed.
    assert [letters_in(column(page, rank)) for rank in (1, 2, 3, 4)] == [["A", "C"], ["D"], ["B"], []]
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Comparison submitted:")).to_be_visible()
    assert len(judgments("comparison")) == 1


def test_ranking_by_drag_points_out_contradictions(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("ada")
    begin(page, "Compare outputs")
    rate_all(page, "7531")
    assert letters_in(page.locator("[data-rank='tray']")) == ["A", "B", "C", "D"]
    page.keyboard.press("p")
    assert [letters_in(column(page, rank)) for rank in (1, 2, 3, 4)] == [["A"], ["B"], ["C"], ["D"]]

    drag(page, page.get_by_role("button", name="Output D", exact=True), column(page, 1))
    assert letters_in(column(page, 1)) == ["A", "D"]
    expect(page.get_by_text("D (1) is above B (5)")).to_be_visible()
    expect(page.get_by_text("D (1) is above C (3)")).to_be_visible()
    # Never forbidden.
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Comparison submitted:")).to_be_visible()


def drag(page: Page, card: Locator, target: Locator) -> None:
    start, end = card.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 20, start["y"] + 15)
    page.mouse.down()
    page.mouse.move(start["x"] + 40, start["y"] + 25, steps=3)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 40, steps=8)
    page.mouse.up()


def test_a_ranking_is_made_without_a_pointer_by_lifting_cards(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("ada")
    begin(page, "Compare outputs")
    rate_all(page, "4444")
    page.get_by_role("button", name="Output B", exact=True).focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Output B is over To be ranked.")).to_be_attached()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Output B is over Rank 1.")).to_be_attached()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Output B is over Rank 2.")).to_be_attached()
    page.keyboard.press("Space")
    expect(column(page, 2).get_by_role("button", name="Output B", exact=True)).to_be_visible()


def test_an_incomplete_comparison_says_what_is_missing(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("ada")
    begin(page, "Compare outputs")
    expect(page.get_by_role("heading", name="Output A")).to_be_visible()
    page.keyboard.press("4")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Output B")).to_be_visible()
    expect(page.locator("footer").get_by_text("To rate: B C D")).to_be_visible()
    assert judgments("comparison") == []


def test_flags_and_notes_go_with_the_rating(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("ada")
    begin(page, "Compare outputs")
    expect(page.get_by_role("heading", name="Output A")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_role("switch", name=re.compile("Hallucination"))).to_be_checked()
    page.keyboard.press("n")
    page.keyboard.type("Invents a mallet.")
    page.keyboard.press("Escape")
    rate_all(page, "2345")
    page.keyboard.press("p")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Comparison submitted:")).to_be_visible()
    [judgment] = judgments("comparison")
    first = judgment.comparison.ratings.get(position=0)
    assert first.flags["hallucination"] is True
    assert first.flags["opinion"] is False
    assert first.note == "Invents a mallet."


def test_skipping_asks_for_a_reason(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("ada")
    begin(page, "Compare outputs")
    expect(page.get_by_role("heading", name="Output A")).to_be_visible()
    page.wait_for_timeout(2500)  # the next one is loaded ahead by then
    first = page.url
    page.keyboard.press("Shift+S")
    page.get_by_role("radio", name="Beyond my knowledge").check()
    page.get_by_label("Anything the researchers should know").fill("I know nothing of trees.")
    page.get_by_role("button", name="Skip this task").click()
    page.wait_for_function("first => location.href !== first", arg=first)
    expect(page.get_by_role("heading", name="Output A")).to_be_visible()
    [skipped] = assignments(state="skipped")
    assert skipped.skip_reason == "beyond_knowledge"


def test_a_session_that_ends_takes_no_words_with_it(visit: Callable[..., Visitor]) -> None:
    from django.contrib.sessions.models import Session

    page = visit().sign_in("ada")
    begin(page, "Write a demonstration")
    expect(answer_field(page)).to_be_visible()
    Session.objects.all().delete()
    answer_field(page).press_sequentially(STORY)
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    expect(page.get_by_text("Kept in this browser", exact=True)).to_be_visible()
    page.get_by_label("Password of ada").fill(PASSWORD)
    page.get_by_role("button", name="Sign in again").click()
    expect(saved(page)).to_be_visible()
    expect(answer_field(page)).to_have_value(STORY)
    [current] = assignments(state="current")
    assert current.draft["response"] == STORY


def test_the_guideline_and_the_keys_are_one_key_away(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("ada")
    begin(page, "Compare outputs")
    expect(page.get_by_role("heading", name="Output A")).to_be_visible()
    page.keyboard.press("l")
    expect(page.get_by_role("complementary", name="Guideline")).to_contain_text("Rating and ranking outputs")
    page.keyboard.press("l")
    page.keyboard.press("?")
    keys = page.get_by_role("complementary", name="Keys on this page")
    expect(keys).to_contain_text("Rate this output")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_ranking_at_phone_width(visit: Callable[..., Visitor], scheme: str) -> None:
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True, color_scheme=scheme).sign_in("ada")
    begin(page, "Compare outputs")
    pages = page.get_by_role("navigation", name="Pages of this task")
    for letter, rating in zip("ABCD", "5544", strict=True):
        pages.get_by_role("button", name=f"Output {letter}").tap()
        page.get_by_role("radio", name=rating, exact=True).check(force=True)
    pages.get_by_role("button", name="Ranking").tap()
    page.get_by_role("button", name="Rank by ratings").tap()
    assert [letters_in(column(page, rank)) for rank in (1, 2, 3, 4)] == [["A", "B"], ["C", "D"], [], []]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    page.get_by_role("button", name="Submit").tap()
    expect(page.get_by_text("Comparison submitted:")).to_be_visible()


def test_nothing_of_the_models_reaches_a_labeler(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    bodies: list[str] = []
    page = visitor.sign_in("ada")
    page.on(
        "response", lambda answer: bodies.append(answer.text()) if "/tasks/next" in answer.url and answer.ok else None
    )
    begin(page, "Compare outputs")
    expect(page.get_by_role("heading", name="Output A")).to_be_visible()
    assert any("candidates" in body for body in bodies)
    assert "model-" not in "".join(bodies) + page.content()
