"""A researcher's day in Chromium: prompts in, a batch out, finished work reviewed by keys, agreement read."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.working import answer_of

API = "/api/v1"


@pytest.fixture
def judged(stage: dict[str, Any]) -> dict[str, Any]:
    """Both labelers have done all their tasks by HTTP, and may not take anything back any more."""
    project = stage["project"]
    for name in ("ada", "ben"):
        client = Client()
        client.force_login(stage["people"][name], backend="django.contrib.auth.backends.ModelBackend")
        while (
            shown := client.post(f"{API}/projects/{project.pk}/tasks/next", {}, "application/json")
        ).status_code == 200:
            task = shown.json()
            sent = client.post(
                f"{API}/assignments/{task['id']}/submit",
                json.dumps(answer_of(task, f"An answer by {name}.")),
                "application/json",
            )
            assert sent.status_code == 200, sent.content
    project.undo_seconds = 0
    project.save()
    return stage


def fact(page: Page, name: str) -> Any:
    """The value that stands under a name in a list of facts."""
    return page.locator("dl > div").filter(has=page.locator("dt", has_text=name)).locator("dd").first


def test_prompts_are_imported_with_refusals_and_published(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects")
    page.get_by_role("link", name="Tales").click()
    page.get_by_role("heading", name="6 prompts").wait_for()
    page.keyboard.press("i")

    rows = "\n".join(
        [
            '{"prompt": "Name three trees that lose their leaves in autumn.", "user": "u1"}',
            '{"prompt": "Why do cats purr? Tell it to a child.", "user": "u2"}',
            '{"wrong": true}',
        ]
    )
    page.locator("input[type=file]").set_input_files(
        {"name": "more.jsonl", "mimeType": "application/jsonl", "buffer": rows.encode()}
    )
    page.get_by_label("Source", exact=True).fill("garden")
    page.get_by_label("The people behind these prompts consented to their use").check()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("2 of 3 rows are in.")).to_be_visible()
    refused = page.get_by_role("region", name="1 refused row")
    expect(refused.get_by_role("row", name="3 Neither `prompt` nor `messages` is given.")).to_be_visible()

    page.get_by_role("link", name="Publish a batch of them").click()
    page.get_by_label("Name").fill("Garden")
    page.get_by_label("Source").fill("garden")
    page.get_by_label("Labelers per task").fill("1")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Garden is published with 2 tasks.")).to_be_visible()
    page.get_by_role("link", name="Open it").click()
    expect(page.get_by_role("heading", name="Garden")).to_be_visible()
    expect(fact(page, "Status")).to_have_text("◐Open")
    batch = stage["project"].batches.get(name="Garden")
    assert (batch.kind, batch.overlap, batch.tasks.count()) == ("demonstration", 1, 2)


def test_a_list_keeps_its_filters_in_the_address(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{stage['project'].pk}/prompts")
    page.get_by_label("Text contains").fill("rooster")
    expect(page.get_by_role("row")).to_have_count(2)  # the header and one prompt
    page.wait_for_url("**/prompts?q=rooster")
    page.reload()
    expect(page.get_by_label("Text contains")).to_have_value("rooster")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_label("Text contains").fill("no such words")
    expect(page.get_by_text("Nothing fits these filters")).to_be_visible()


def test_a_batch_is_reviewed_by_keys_returned_in_part_and_accepted(
    visit: Callable[..., Visitor], judged: dict[str, Any]
) -> None:
    from labeling.collection.models import Assignment, BatchStatus
    from labeling.review.models import Verdict

    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/batches")
    waiting = page.get_by_role("region", name="Waiting for review")
    expect(waiting.get_by_role("link")).to_have_count(2)

    # The demonstrations: the first judgment goes back to its labeler.
    page.goto(f"{visitor.address}/batches/{judged['demonstrations'].pk}")
    expect(page.get_by_text("Item 1 of 3")).to_be_visible()
    expect(page.get_by_text("An answer by ada.")).to_be_visible()
    expect(page.get_by_text("An answer by ben.")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("Item 2 of 3")).to_be_visible()
    page.wait_for_url("**?item=2")
    page.keyboard.press("k")
    expect(page.get_by_text("Item 1 of 3")).to_be_visible()
    page.get_by_role("checkbox", name="Choose the judgment of").first.check()
    page.keyboard.press("r")
    panel = page.get_by_role("region", name="Return the batch")
    expect(panel).to_contain_text("1 chosen judgment goes back to its labeler")
    panel.get_by_role("textbox", name="Reasons").fill("Too short: tell what the keeper does.")
    page.keyboard.press("Control+Enter")
    expect(fact(page, "Status")).to_have_text("◐Returned")
    returned = Assignment.objects.get(state="returned")
    assert returned.return_reasons == "Too short: tell what the keeper does."
    assert Verdict.objects.filter(judgment__assignment=returned, decision="return").exists()

    # The comparisons: ranks and ratings of both side by side, then one decision for all.
    page.goto(f"{visitor.address}/batches/{judged['comparisons'].pk}")
    output = page.get_by_role("article", name="Output A")
    expect(output.get_by_role("row")).to_have_count(3)  # the header and two labelers
    expect(page.get_by_role("img", name="From best to worst:")).to_have_count(2)
    page.keyboard.press("a")
    expect(page.get_by_role("region", name="Accept the batch")).to_contain_text("6 judgments become training data")
    page.keyboard.press("Control+Enter")
    expect(fact(page, "Status")).to_have_text("✓Accepted")
    judged["comparisons"].refresh_from_db()
    assert judged["comparisons"].status == BatchStatus.ACCEPTED

    # And taken back, as long as no snapshot holds it.
    page.keyboard.press("w")
    page.get_by_role("button", name="Withdraw", exact=False).last.wait_for()
    page.keyboard.press("Control+Enter")
    expect(fact(page, "Status")).to_have_text("!Waiting for review")


def test_agreement_is_shown_with_its_intervals_beside_the_papers(
    visit: Callable[..., Visitor], judged: dict[str, Any]
) -> None:
    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{judged['project'].pk}/agreement")
    # Both labelers rank by the texts, so they agree on all 18 pairs of the three tasks.
    expect(
        page.get_by_text("Two labelers who judge the same pair of outputs agree on 100.0% of the pairs")
    ).to_be_visible()
    pairwise = page.get_by_role("article", name="Pairwise agreement", exact=True)
    expect(pairwise).to_contain_text("n = 18")
    expect(pairwise.get_by_role("img", name="Pairwise agreement: 100.0%, 95% interval")).to_be_visible()
    expect(page.get_by_text("72.6% ± 1.5%")).to_be_visible()
    expect(page.get_by_text("77.3% ± 1.3%")).to_be_visible()


def test_guidelines_rubric_members_and_settings_are_kept(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    project = stage["project"]
    visitor = visit(viewport={"width": 390, "height": 844})
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{project.pk}/guidelines")
    page.get_by_role("button", name="New version").click()
    page.get_by_role("textbox", name="Text").fill("# Be kind\n\nHelp the reader first.")
    page.get_by_role("button", name="Publish the version").click()
    expect(page.get_by_text("Version 2")).to_be_visible()
    assert project.guidelines.get(kind="demonstration", version=2).text.startswith("# Be kind")

    page.goto(f"{visitor.address}/projects/{project.pk}/rubric")
    before = project.rubrics.count()
    page.get_by_role("button", name="New version").click()
    page.get_by_role("button", name="Add a question").last.click()
    page.get_by_role("textbox", name="Question").last.fill("Is too long")
    page.get_by_role("textbox", name="Key in the data").last.fill("too_long")
    page.get_by_role("button", name="Publish the version").click()
    expect(page.get_by_text("New version")).to_be_visible()
    assert project.rubrics.count() == before + 1

    page.goto(f"{visitor.address}/projects/{project.pk}/members")
    page.get_by_label("Pool of ben").select_option("Held-out labelers")
    expect(page.get_by_label("Pool of ben")).to_have_value("held_out")
    page.get_by_role("button", name="Remove ada").click()
    page.get_by_role("button", name="Remove now").click()
    expect(page.get_by_role("cell", name="ada", exact=True)).to_have_count(0)
    labelers = project.memberships.exclude(user__role="researcher")
    assert {member.user.username: member.pool for member in labelers} == {"ben": "held_out"}

    page.goto(f"{visitor.address}/projects/{project.pk}/settings")
    page.get_by_role("switch", name="Paused").click()
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    project.refresh_from_db()
    assert project.paused
