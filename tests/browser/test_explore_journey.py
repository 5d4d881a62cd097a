"""From a chart to the items behind it in Chromium: by mouse from a mark, by keys from the table's links."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from labeling.projects.models import Membership
from tests.browser.conftest import Visitor
from tests.working import answer_of

API = "/api/v1"


@pytest.fixture
def divided(stage: dict[str, Any]) -> dict[str, Any]:
    """Ada ranks outputs by their texts, and ben the other way round, so that every item divides them."""
    project = stage["project"]
    for name in ("ada", "ben"):
        client = Client()
        client.force_login(stage["people"][name], backend="django.contrib.auth.backends.ModelBackend")
        while (
            shown := client.post(f"{API}/projects/{project.pk}/tasks/next", {}, "application/json")
        ).status_code == 200:
            task = shown.json()
            body = answer_of(task, f"An answer by {name}.")
            if name == "ben" and task["kind"] == "comparison":
                body["ranking"].reverse()
            sent = client.post(f"{API}/assignments/{task['id']}/submit", json.dumps(body), "application/json")
            assert sent.status_code == 200, sent.content
    return stage


def rows(page: Page) -> Any:
    return page.get_by_role("region", name="Judged items").locator("tbody tr")


def test_from_marks_and_rows_to_the_items_behind(visit: Callable[..., Visitor], divided: dict[str, Any]) -> None:
    project = divided["project"]
    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{project.pk}")
    page.get_by_role("link", name="Explore").click()
    page.get_by_text("3 of 3 items (100.0%) divide people").wait_for()

    # All three items are in the first of eleven bars.
    canvas = page.locator("canvas")
    box = canvas.bounding_box()
    assert box
    canvas.click(position={"x": 36 + (box["width"] - 44) / 22, "y": box["height"] * 0.6})
    page.wait_for_url("**/items?agreement=0")
    expect(rows(page)).to_have_count(3)
    expect(rows(page).first).to_contain_text("0%")
    page.go_back()

    # The same without a mouse.
    page.get_by_role("link", name="0% – 10%").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/items?agreement=0")
    expect(rows(page)).to_have_count(3)

    page.goto(f"{visitor.address}/projects/{project.pk}/explore?view=contradictions")
    ben = Membership.objects.get(project=project, user__username="ben").pseudonym
    page.get_by_role("link", name=ben).click()
    expect(page.get_by_role("button", name="Take off: Ranking contradicts ratings")).to_be_visible()
    expect(page.get_by_label("Labeler", exact=True)).to_have_value(ben)
    expect(rows(page)).to_have_count(3)
    page.get_by_role("button", name="Take off: Ranking contradicts ratings").click()
    page.wait_for_url(f"**/items?labeler={ben}")
    rows(page).first.get_by_role("link").last.click()
    page.wait_for_url("**/batches/*")


def test_rows_of_agreement_lead_to_items_too(visit: Callable[..., Visitor], divided: dict[str, Any]) -> None:
    project = divided["project"]
    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{project.pk}/agreement?by=pair")
    page.get_by_role("region", name="Pair of labelers").get_by_role("link").click()
    page.wait_for_url("**/items?labeler=*&with=*")
    expect(rows(page)).to_have_count(3)
    # All three were turned round: of each pair one says first and the other second, or the other way.
    cells = page.get_by_role("table", name=re.compile("said of the same pairs"))
    cells.get_by_role("link", name="3 items").first.click()
    page.wait_for_url("**/items?*cell=*")
    expect(rows(page)).to_have_count(3)
    with page.expect_download() as file:
        page.get_by_role("link", name="Items as CSV").click()
    assert file.value.suggested_filename == "items.csv"
