"""A researcher asks whom to talk to: a labeler who answers against all others stands first, with the reason, and the
way leads to the items; by keys, in both themes, and on a phone."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_accessibility import PHONE, violations

PROMPTS = 60
CONTRARY = "three"


@pytest.fixture
def judged(stage: dict[str, Any]) -> dict[str, Any]:
    """Sixty prompts, each ranked by three people of an import, of whom one always says the opposite."""
    from labeling.collection.models import Rating
    from labeling.datasets.services import import_file
    from labeling.projects.models import Membership

    rows = [
        {
            "prompt": f"Which of these is best, number {number}?",
            "candidates": [{"text": f"{letter} of {number}"} for letter in "ab"],
            "ranks": ranks,
            "labeler": labeler,
        }
        for number in range(PROMPTS)
        for labeler, ranks in {"one": [1, 2], "two": [1, 2], CONTRARY: [2, 1]}.items()
    ]
    file = BytesIO("".join(json.dumps(row) + "\n" for row in rows).encode())
    project = stage["project"]
    import_file(actor=None, project=project, what="comparisons", file=file, file_name="judged.jsonl", consent=True)
    rating = Rating.objects.filter(rank=1, candidate__text="b of 0").get()
    contrary = Membership.objects.get(project=project, user=rating.comparison.judgment.assignment.labeler)
    return stage | {"contrary": contrary.pseudonym}


def look(page: Page) -> None:
    """Nothing that axe finds, in both themes; the page itself never scrolls sideways."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.locator(f"html[data-mantine-color-scheme='{scheme}']").wait_for()
        assert violations(page) == []
    box = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert box[0] <= box[1]


def test_who_answers_against_all_others_stands_first(visit: Callable[..., Visitor], judged: dict[str, Any]) -> None:
    visitor = visit(reduced_motion="reduce")
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{judged['project'].pk}/labelers")

    rows = page.get_by_role("table", name="Each labeler").get_by_role("row")
    expect(rows).to_have_count(4)
    first = rows.nth(1)
    expect(first).to_contain_text(judged["contrary"])
    expect(first).to_contain_text("Ask whether to stop")
    expect(first).to_contain_text("of the answers are right by the model, below 50.0%")
    expect(first).to_contain_text("0.0%")  # agrees with nobody
    expect(page.get_by_text("Nothing happens by itself")).to_be_visible()
    expect(page.get_by_role("table", name="Who agrees with whom")).to_contain_text("Labelers among themselves")
    look(page)

    # Another figure, which stays in the address; and all of it as a file.
    page.get_by_role("radio", name="Share right").or_(page.get_by_role("button", name="Share right")).first.click()
    expect(page.get_by_text("By the model of Dawid and Skene, from the votes alone.")).to_be_visible()
    assert "figure=accuracy" in page.url
    with page.expect_download() as download:
        page.get_by_role("link", name="Labelers as CSV").click()
    file = download.value.path().read_text(encoding="utf-8-sig")
    assert f"{judged['contrary']},training,agreement,0.0" in file
    assert f"{judged['contrary']},training,suggestion,stop" in file

    # By keys to the items of the first.
    page.get_by_role("link", name=f"Items that {judged['contrary']} judged").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Labeler", exact=True)).to_have_value(judged["contrary"])
    expect(page.get_by_role("table", name="Items").get_by_role("row")).to_have_count(21)


def test_labelers_on_a_phone_and_without_judgments(visit: Callable[..., Visitor], judged: dict[str, Any]) -> None:
    from labeling.projects.services import create_project

    empty = create_project(actor=judged["people"]["eva"], name="Empty", k=2, overlap=2)
    visitor = visit(viewport=PHONE, reduced_motion="reduce")
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{judged['project'].pk}/labelers")
    page.get_by_role("table", name="Each labeler").wait_for()
    page.get_by_role("table", name="Who agrees with whom").wait_for()
    look(page)
    page.goto(f"{visitor.address}/projects/{empty.pk}/labelers")
    expect(page.get_by_text("Nobody has judged yet")).to_be_visible()
    expect(page.get_by_text("Publish a batch with an overlap of 2 or more")).to_be_visible()
