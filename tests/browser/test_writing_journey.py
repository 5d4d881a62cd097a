"""Prompts that labelers write, in Chromium: few-shot to its demonstrations, user-based to its anonymous version."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

API = "/api/v1"
PAIRS = (("A robin", "bird"), ("An oak", "tree"), ("A pike", "fish"))


@pytest.fixture
def desk(stage: dict[str, Any]) -> dict[str, Any]:
    """Nobody may take anything back, so that batches go into review at once."""
    stage["project"].undo_seconds = 0
    stage["project"].save()
    return stage


def as_eva(stage: dict[str, Any], path: str, body: dict[str, Any] | None = None) -> Any:
    client = Client()
    client.force_login(stage["people"]["eva"], backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(API + path, body or {}, "application/json")
    assert answer.status_code in (200, 201), answer.content
    return answer.json()


def begin(page: Page) -> None:
    page.get_by_role("button", name="Write a prompt").click()
    page.wait_for_url("**/work/**")


def test_few_shot_from_publishing_to_demonstrations(visit: Callable[..., Visitor], desk: dict[str, Any]) -> None:
    from labeling.collection.models import Prompt, WrittenExample
    from labeling.datasets.models import SnapshotKind
    from labeling.datasets.reading import Reading

    project = desk["project"]
    researcher = visit()
    lead = researcher.sign_in("eva")
    lead.goto(f"{researcher.address}/projects/{project.pk}/publish?kind=prompt")
    lead.get_by_label("Sort", exact=True).select_option("Few-shot prompt")
    lead.get_by_label("How many prompts").fill("0")
    expect(lead.get_by_label("Classification to write")).to_have_value("0")
    lead.get_by_label("Classification to write").fill("1")
    lead.get_by_label("Name").fill("Kinds of things")
    expect(lead.get_by_text("1 prompt in all")).to_be_visible()
    lead.get_by_role("button", name="Publish", exact=True).click()
    expect(lead.get_by_text("Kinds of things is published with 1 task.")).to_be_visible()

    page = visit().sign_in("ada")
    begin(page)
    expect(page.get_by_role("heading", name="What to write")).to_be_visible()
    expect(page.get_by_text("At least 3 pairs")).to_be_visible()
    page.get_by_label("Instruction").fill("Say what kind of thing it is, and send it to ann.lee@example.org.")
    pairs = page.get_by_role("region", name="Pairs")
    for place, (query, response) in enumerate(PAIRS):
        pairs.get_by_label("Query").nth(place).fill(query if place else PAIRS[1][0])
        pairs.get_by_label("Response").nth(place).fill(response)
    page.keyboard.press("Alt+a")
    expect(pairs.get_by_label("Query")).to_have_count(4)
    expect(pairs.get_by_label("Query").nth(3)).to_be_focused()
    page.keyboard.press("Alt+x")
    expect(pairs.get_by_label("Query")).to_have_count(3)

    # Two pairs ask the same: it is said beside the second, and nothing is lost.
    page.keyboard.press("Control+Enter")
    expect(pairs.get_by_text("Pair 1 asks the same.")).to_be_visible()
    pairs.get_by_label("Query").nth(0).fill(PAIRS[0][0])
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("This looks like personal data: “ann.lee@example.org”.")).to_be_visible()
    page.get_by_label("Instruction").fill("Say what kind of thing it is.")
    expect(page.get_by_role("banner").get_by_text("Saved", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_label("Instruction")).to_have_value("Say what kind of thing it is.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/work/" not in url)

    lead.get_by_role("link", name="Open it").click()
    expect(lead.get_by_text("Say what kind of thing it is.")).to_be_visible()
    expect(lead.get_by_text("A pike")).to_be_visible()
    lead.keyboard.press("a")
    lead.keyboard.press("Control+Enter")
    expect(lead.get_by_text("Prompts made of it")).to_be_visible()
    expect(lead.get_by_text("In the project as 3 prompts:")).to_be_visible()
    assert Prompt.objects.filter(author=desk["people"]["ada"]).count() == 3
    records = [line.record for line in Reading(project, SnapshotKind.DEMONSTRATIONS).lines()]
    assert [record["response"] for record in records] == [response for _, response in PAIRS]
    assert {record["id"] for record in records} == {
        str(pk) for pk in WrittenExample.objects.values_list("pk", flat=True)
    }


def test_user_based_is_made_anonymous_by_another_labeler(visit: Callable[..., Visitor], desk: dict[str, Any]) -> None:
    from labeling.collection.models import Prompt

    project = desk["project"]
    wish = "Answers to guests of a small hotel."
    asked = {"sort": "user_based", "use_cases": {"any": 1}, "language": "en", "about": wish}
    batch = as_eva(desk, f"/projects/{project.pk}/writing", asked)
    writer = visit()
    page = writer.sign_in("ada")
    begin(page)
    expect(page.get_by_text(wish)).to_be_visible()
    page.get_by_label("The user's prompt").fill("Tell Mrs. Lee (ann.lee@example.org) that breakfast is until ten.")
    page.get_by_label("Use case").select_option("Generation")
    page.keyboard.press("Control+Enter")
    page.get_by_role("checkbox", name="It is meant to stand there").check()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/work/" not in url)
    page.goto(f"{writer.address}/history")
    page.get_by_role("link", name="Tell Mrs. Lee").click()
    expect(page.get_by_role("heading", name="Your prompt")).to_be_visible()

    as_eva(desk, f"/batches/{batch['id']}/accept")
    as_eva(desk, f"/projects/{project.pk}/writing", {"sort": "anonymize"})
    page.goto(f"{writer.address}/")
    expect(page.get_by_role("heading", name="Your work")).to_be_visible()
    expect(page.get_by_role("button", name="Write a prompt")).to_have_count(0)

    other = visit(viewport={"width": 390, "height": 844}).sign_in("ben")
    begin(other)
    source = other.get_by_role("region", name="Prompt")
    expect(source.get_by_text("Tell Mrs. Lee")).to_be_visible()
    expect(source.locator("mark")).to_have_text(["ann.lee@example.org"])
    other.get_by_role("button", name="Begin with the source's text").click()
    other.keyboard.press("Control+Enter")
    expect(other.get_by_text("An anonymous prompt has no personal data.")).to_be_visible()
    expect(other.get_by_role("checkbox", name="It is meant")).to_have_count(0)
    other.get_by_label("The anonymous prompt").fill("Tell a guest that breakfast is until ten.")
    other.keyboard.press("Control+Enter")
    other.wait_for_url(lambda url: "/work/" not in url)
    anonymizing = project.batches.latest("number")
    as_eva(desk, f"/batches/{anonymizing.pk}/accept")
    prompt = Prompt.objects.get(source="written")
    assert prompt.messages[-1]["content"] == "Tell a guest that breakfast is until ten."
    assert (prompt.author.username, prompt.first_author.username) == ("ben", "ada")
