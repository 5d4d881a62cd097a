"""Working on the mix: by Enter from home, from kind to kind, also after a reload; and away from it by choosing one."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_labeler_journey import answer_field, begin, judgments, rate_all


def write(page: Page) -> None:
    expect(answer_field(page)).to_have_value("")
    answer_field(page).fill("It sank, and came up again.")
    page.keyboard.press("Control+Enter")


def compare(page: Page) -> None:
    rate_all(page, "4321")
    page.keyboard.press("p")
    page.keyboard.press("Control+Enter")


def test_a_labeler_on_the_mix_goes_from_kind_to_kind(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    from labeling.projects.models import Project

    Project.objects.update(mix={"demonstration": 1, "comparison": 1})
    page = visit().sign_in("ada")
    expect(page.get_by_role("button", name="Start working")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/work/**")
    write(page)
    expect(page.get_by_text("Demonstration submitted:")).to_be_visible()
    page.reload()
    compare(page)
    expect(page.get_by_text("Comparison submitted:")).to_be_visible()
    write(page)
    expect(page.get_by_role("heading", name="Output A")).to_be_visible()
    assert len(judgments("demonstration")) == 2
    assert len(judgments("comparison")) == 1


def test_choosing_a_kind_leaves_the_mix(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    from labeling.projects.models import Project

    Project.objects.update(mix={"demonstration": 1, "comparison": 1})
    page = visit().sign_in("ada")
    begin(page, "Write a demonstration")
    for _ in range(2):
        before = page.url
        write(page)
        page.wait_for_url(lambda now, before=before: now != before)
        expect(page.get_by_text("Demonstration submitted:")).to_be_visible()
    assert len(judgments("demonstration")) == 2
