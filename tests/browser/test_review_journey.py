"""A whole batch reviewed by keys alone: the riskiest item first, accepted, returned with reasons, undone, done."""

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.working import answer_of

API = "/api/v1"


def client_of(stage: dict[str, Any], name: str) -> Client:
    client = Client()
    client.force_login(stage["people"][name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def answer_all(stage: dict[str, Any], name: str, kind: str, turned: int = -1) -> None:
    """All tasks of a kind that wait for this labeler; the one numbered `turned` ranked against its own ratings."""
    client, number = client_of(stage, name), 0
    url = f"{API}/projects/{stage['project'].pk}/tasks/next"
    while (shown := client.post(url, json.dumps({"kind": kind}), "application/json")).status_code == 200:
        body = answer_of(shown.json(), f"An answer by {name}.")
        if number == turned:
            body["ranking"].reverse()
        sent = client.post(f"{API}/assignments/{shown.json()['id']}/submit", json.dumps(body), "application/json")
        assert sent.status_code == 200, sent.content
        number += 1


@pytest.fixture
def judged(stage: dict[str, Any]) -> dict[str, Any]:
    """The comparisons are done by both labelers, and ben turned his last one round."""
    answer_all(stage, "ada", "comparison")
    answer_all(stage, "ben", "comparison", turned=2)
    stage["project"].undo_seconds = 0
    stage["project"].save()
    return stage


def position(page: Page, text: str) -> None:
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()


def test_a_whole_batch_is_reviewed_by_keys_alone(visit: Callable[..., Visitor], judged: dict[str, Any]) -> None:
    from labeling.review.models import Verdict

    visitor = visit()
    page = visitor.sign_in("eva")
    batch = judged["comparisons"]
    page.goto(f"{visitor.address}/batches/{batch.pk}")
    expect(page.get_by_role("row", name="Ratings against ranking 1 1")).to_be_visible()
    page.get_by_role("link", name="Review by risk").click()

    # The riskiest item, and in it the judgment that contradicts itself, is in hand.
    position(page, "Item 1 of 3")
    in_hand = page.locator("article[aria-current]")
    expect(in_hand).to_contain_text("6 of 6 pairs are ranked against the ratings")
    page.keyboard.press("h")
    expect(page.get_by_role("region", name="History of the answer of")).to_contain_text("Revision 1: submitted")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.get_by_text("Differences marked against output")).to_be_visible()
    page.keyboard.press("f")

    # The researcher's own ranking, begun from the one in hand, becomes the item's reference.
    page.keyboard.press("d")
    page.get_by_label("Ranking, best first").fill("b a=c d")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Reference by eva")).to_be_visible()

    # It goes back with a reason by its number, edited, kept over a reload, sent by Enter.
    page.keyboard.press("r")
    reasons = page.get_by_label("Reasons", exact=True)
    page.keyboard.press("3")
    expect(reasons).to_have_value("Your ranking and your ratings contradict each other. Please look at both again.")
    page.keyboard.press("e")
    page.keyboard.press("End")
    page.keyboard.type(" Thank you!")
    page.reload()
    position(page, "Item 1 of 3")
    expect(in_hand).to_contain_text("6 of 6 pairs")
    page.keyboard.press("r")
    expect(reasons).to_have_value(
        "Your ranking and your ratings contradict each other. Please look at both again. Thank you!"
    )
    page.keyboard.press("Enter")
    expect(page.get_by_text("Returned by eva")).to_be_visible()

    # Its sibling is next, then the other items; the last accept leads to the end.
    expect(in_hand).to_contain_text("Awaits a verdict")
    page.keyboard.press("a")
    position(page, "Item 2 of 3")
    expect(in_hand).to_contain_text("Awaits a verdict")
    page.keyboard.press("Shift+A")
    position(page, "Item 3 of 3")
    expect(in_hand).to_contain_text("Awaits a verdict")
    page.keyboard.press("a")
    expect(page.get_by_text("Accepted by eva")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("You are through this queue")).to_be_visible()

    # A mistake is taken back, and given anew.
    page.keyboard.press("u")
    expect(page.get_by_text("Your last verdict is taken back.")).to_be_visible()
    expect(in_hand).to_contain_text("Awaits a verdict")
    page.keyboard.press("a")
    expect(page.get_by_text("You are through this queue")).to_be_visible()
    page.keyboard.press("g")
    expect(page.get_by_text("Nothing awaits a verdict here")).to_be_visible()
    standing = list(Verdict.objects.filter(standing=True).values_list("decision", flat=True))
    assert sorted(standing) == ["accept"] * 5 + ["return"]
    returned = Verdict.objects.get(decision="return")
    assert returned.reasons.endswith("Thank you!")
    assert returned.judgment.assignment.labeler == judged["people"]["ben"]


def test_a_correction_meanwhile_is_shown_in_place_of_the_verdict(
    visit: Callable[..., Visitor], judged: dict[str, Any]
) -> None:
    from labeling.collection.models import Assignment, Judgment
    from labeling.review.models import Verdict

    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/batches/{judged['comparisons'].pk}/review")
    in_hand = page.locator("article[aria-current]")
    expect(in_hand).to_contain_text("6 of 6 pairs are ranked against the ratings")
    judged["comparisons"].refresh_from_db()
    judged["comparisons"].status = "returned"  # another judgment went back, so labelers may correct
    judged["comparisons"].save()
    turned = max(Judgment.objects.filter(assignment__labeler=judged["people"]["ben"]), key=lambda one: one.created_at)
    client = client_of(judged, "ben")
    shown = client.get(f"{API}/assignments/{turned.assignment_id}").json()
    body = answer_of(shown, "") | {"submission_id": str(uuid.uuid4())}
    sent = client.post(f"{API}/assignments/{turned.assignment_id}/submit", json.dumps(body), "application/json")
    assert sent.status_code == 200, sent.content

    page.keyboard.press("a")
    expect(page.get_by_text("The labeler changed this answer meanwhile")).to_be_visible()
    expect(page.get_by_text("2 revisions")).to_be_visible()
    assert not Verdict.objects.exists()
    assert Assignment.objects.get(pk=turned.assignment_id).state == "submitted"


def test_two_researchers_see_each_other(visit: Callable[..., Visitor], judged: dict[str, Any]) -> None:
    first, second = visit(), visit()
    url = f"/batches/{judged['comparisons'].pk}/review"
    page = first.sign_in("eva")
    page.goto(first.address + url)
    position(page, "Item 1 of 3")
    expect(page.locator("article[aria-current]")).to_be_visible()
    other = second.sign_in("gil")
    other.goto(second.address + url)
    # What eva has before her is left to her.
    position(other, "Item 2 of 3")
    other.keyboard.press("k")
    expect(other.get_by_text("eva looks at this item, too.")).to_be_visible()
    other.keyboard.press("Shift+A")
    position(other, "Item 2 of 3")
    page.keyboard.press("a")
    expect(page.get_by_text("gil decided on this meanwhile: accept.")).to_be_visible()


def test_a_project_chooses_its_reasons_and_shows_references(
    visit: Callable[..., Visitor], judged: dict[str, Any]
) -> None:
    from labeling.collection.models import Assignment

    visitor, batch = visit(), judged["comparisons"]
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{judged['project'].pk}/settings")
    page.get_by_label("Labelers see references").check(force=True)
    for _ in range(7):
        page.get_by_role("button", name=re.compile("^Remove: ")).first.click()
    first = page.get_by_role("group", name="Reason by the key 1")
    first.get_by_label("Short name, for reviewers").fill("Meter")
    first.get_by_label("Text for the labeler").fill("Please count the syllables.")
    page.get_by_role("button", name="Save how you review").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.reload()
    expect(first.get_by_label("Short name, for reviewers")).to_have_value("Meter")
    expect(page.get_by_role("group", name="Reason by the key 2")).to_have_count(0)

    page.goto(f"{visitor.address}/batches/{batch.pk}/review")
    expect(page.locator("article[aria-current]")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Meter")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_label("Reasons", exact=True)).to_have_value("Please count the syllables.")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.get_by_text("Labelers who answered this item read it")).to_be_visible()
    page.get_by_label("Ranking, best first").fill("d a=b c")
    page.get_by_label("Why (optional)").fill("D alone is true.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Reference by eva")).to_be_visible()

    adjudicated = batch.tasks.get(references__isnull=False)
    own = Assignment.objects.get(task=adjudicated, labeler=judged["people"]["ada"])
    labeler = visit()
    reading = labeler.sign_in("ada")
    reading.goto(f"{labeler.address}/history/{own.pk}")
    expect(reading.get_by_role("heading", name="Your ranking, best first")).to_be_visible()
    expect(reading.get_by_role("heading", name="The reference of this item")).to_have_count(0)
    accepted = client_of(judged, "eva").post(f"{API}/batches/{batch.pk}/accept", "{}", "application/json")
    assert accepted.status_code == 200, accepted.content
    reading.reload()
    reference = reading.get_by_role("region", name="The reference of this item")
    expect(reference).to_be_visible()
    expect(reading.get_by_text("D alone is true.")).to_be_visible()
    assert not re.search(r"\beva\b", reading.locator("main").inner_text())
