"""A labeler's rough day: no pointer, no network, no hold left, a server that refuses. No word is lost."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visitor
from tests.browser.stage import PASSWORD
from tests.browser.test_labeler_journey import (
    STORY,
    answer_field,
    assignments,
    begin,
    column,
    judgments,
    letters_in,
    rate_all,
    saved,
)


def spoil_submissions(page: Page, *changes: Callable[[dict[str, Any]], None]) -> None:
    """Send the next submissions changed, each by one of `changes`, as a page of an older version or a faulty one
    would."""
    left = list(changes)

    def spoil(route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        if left:
            left.pop(0)(body)
        route.continue_(post_data=json.dumps(body))

    # One route for all: a second one, set while the first one's end is on its way, may be lost with it.
    page.route("**/submit", spoil)


def test_a_comparison_from_sign_in_to_submit_without_a_pointer(visit: Callable[..., Visitor]) -> None:
    page = visit().open("/sign-in")
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Compare outputs")).to_be_visible()
    page.keyboard.press("Enter")
    rate_all(page, "7254")
    # By letters and digits: the board itself is never touched, and what moved is announced.
    for key in ("a", "1", "d", "1", "c", "2", "b", "3"):
        page.keyboard.press(key)
    expect(page.get_by_text("B is at rank 3", exact=True)).to_be_attached()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Comparison submitted:")).to_be_visible()
    [judgment] = judgments("comparison")
    ranks = {rating.position: rating.rank for rating in judgment.comparison.ratings.all()}
    assert ranks == {0: 1, 3: 1, 2: 2, 1: 3}


def test_a_ranking_goes_on_without_network_and_is_sent_when_it_is_back(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.sign_in("ada")
    begin(page, "Compare outputs")
    rate_all(page, "7654")
    page.keyboard.press("a")
    page.keyboard.press("1")
    visitor.context.set_offline(True)
    for key in ("b", "2", "c", "2", "d", "4"):
        page.keyboard.press(key)
    expect(page.get_by_text("Kept in this browser", exact=True)).to_be_visible()
    visitor.context.set_offline(False)
    expect(saved(page)).to_be_visible()
    # Another device has it all.
    page.reload()
    expect(page.get_by_role("heading", name="To be ranked")).to_be_visible()
    assert [letters_in(column(page, rank)) for rank in (1, 2, 3, 4)] == [["A"], ["B", "C"], [], ["D"]]


def test_two_tabs_with_two_rankings_show_both(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    first = visitor.sign_in("ada")
    begin(first, "Compare outputs")
    rate_all(first, "7654")
    expect(saved(first)).to_be_visible()
    second = visitor.open(first.url.removeprefix(visitor.address))
    expect(second.get_by_role("heading", name="To be ranked")).to_be_visible()
    first.keyboard.press("a")
    first.keyboard.press("1")
    expect(saved(first)).to_be_visible()
    second.keyboard.press("a")
    second.keyboard.press("4")
    conflict = second.get_by_role("alert", name="There are two versions of your work.")
    expect(conflict.get_by_text("Rank 1")).to_be_visible()
    expect(conflict.get_by_text("Rank 4")).to_be_visible()
    conflict.get_by_role("button", name="Go on with this one instead").click()
    expect(conflict).to_be_hidden()
    assert letters_in(column(second, 1)) == ["A"]
    expect(saved(second)).to_be_visible()


def test_a_hold_that_ran_out_keeps_the_words_and_counts_if_the_task_is_free(visit: Callable[..., Visitor]) -> None:
    from datetime import timedelta

    from django.db.models import F

    from labeling.collection.models import Assignment, Slot
    from labeling.collection.services.leases import expire_leases

    visitor = visit()
    page = visitor.sign_in("ada")
    begin(page, "Write a demonstration")
    answer_field(page).press_sequentially(STORY)
    expect(saved(page)).to_be_visible()
    address = page.url.removeprefix(visitor.address)
    page.close()
    Assignment.objects.update(lease_expires_at=F("lease_expires_at") - timedelta(days=1))
    assert expire_leases() >= 1

    page = visitor.open(address)
    expect(page.get_by_text("Your hold on this task ran out")).to_be_visible()
    expect(answer_field(page)).to_have_value(STORY)
    # Others have done it meanwhile: said in words, with the draft kept.
    [assignment] = assignments(state="expired", draft__response=STORY)
    Slot.objects.filter(task=assignment.task_id).update(state="done")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("others have done this task since")).to_be_visible()
    expect(answer_field(page)).to_have_value(STORY)
    Slot.objects.filter(task=assignment.task_id).update(state="free")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Demonstration submitted:")).to_be_visible()
    assert [judgment.demonstration.response for judgment in judgments("demonstration")] == [STORY]


def test_what_the_server_refuses_is_shown_beside_what_it_concerns(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("ada")
    begin(page, "Compare outputs")
    rate_all(page, "7654")
    page.keyboard.press("p")
    spoil_submissions(
        page,
        lambda body: body["ratings"].pop(1),
        lambda body: body["ratings"][2]["flags"].update(charming=True),
        lambda body: body["ranking"].append(body["ranking"][0]),
        lambda body: body["prompt_flags"].update(charming=True),
    )
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Not submitted.")).to_be_visible()
    expect(page.get_by_role("region", name="Rating of output B")).to_contain_text("This output is not rated yet.")

    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("region", name="Rating of output C")).to_contain_text("not in this task's rubric: charming")

    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="stand at two places")).to_be_visible()

    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("region", name="Prompt")).to_contain_text("Not in this task's rubric: charming")
    # Nothing of the draft is gone, and it counts as it stands.
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Comparison submitted:")).to_be_visible()
    assert len(judgments("comparison")) == 1


def test_an_answer_that_is_too_long_says_by_how_much(visit: Callable[..., Visitor]) -> None:
    page = visit().sign_in("ada")
    begin(page, "Write a demonstration")
    answer_field(page).fill("word " * 10_001)
    page.keyboard.press("Control+Enter")
    refusal = page.get_by_role("alert").filter(has_text="50,005 characters; at most 50,000")
    expect(refusal).to_be_visible()
    expect(answer_field(page)).to_have_value("word " * 10_001)
    answer_field(page).fill(STORY)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Demonstration submitted:")).to_be_visible()


def test_a_submission_is_read_again_and_corrected_until_review(
    visit: Callable[..., Visitor], stage: dict[str, Any]
) -> None:
    visitor = visit()
    page = visitor.sign_in("ada")
    begin(page, "Write a demonstration")
    answer_field(page).fill(STORY)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Demonstration submitted:")).to_be_visible()
    [first] = judgments("demonstration")

    page.goto(f"{visitor.address}/history")
    page.get_by_role("row").filter(has_text="can still be corrected").get_by_role("link").click()
    expect(page.get_by_text(STORY)).to_be_visible()
    page.keyboard.press("c")
    expect(answer_field(page)).to_have_value(STORY)
    answer_field(page).fill(STORY + " He slept well.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Corrected")).to_be_visible()
    page.get_by_role("checkbox", name="Mark what changed").check()
    expect(page.locator("ins")).to_contain_text("He slept well.")
    page.get_by_role("button", name="Submitted").click()
    expect(page.get_by_text(STORY, exact=True)).to_be_visible()
    [corrected] = judgments("demonstration")
    assert (corrected.supersedes_id, corrected.demonstration.response) == (first.pk, STORY + " He slept well.")

    # Once the batch is in review the page says so; a correction that was open meets the reason, and its words stay.
    page.keyboard.press("c")
    answer_field(page).fill(STORY + " He slept badly.")
    stage["demonstrations"].__class__.objects.filter(pk=stage["demonstrations"].pk).update(status="in_review")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("in review already, so it cannot be corrected")).to_be_visible()
    expect(answer_field(page)).to_have_value(STORY + " He slept badly.")
    page.get_by_role("link", name="Leave it as it was").click()
    expect(page.get_by_text("it can no longer be corrected")).to_be_visible()
    expect(page.get_by_role("button", name="Correct it")).to_be_hidden()
