"""What a researcher types wrongly on the desk, or an address says wrongly: it is named, and nothing typed is lost."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_evaluation_journey import bring_in_outputs
from tests.browser.test_review_journey import answer_all


def test_a_number_can_be_emptied_and_typed_anew(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{stage['project'].pk}/publish")
    overlap = page.get_by_label("Labelers per task")
    before = overlap.input_value()
    overlap.click()
    overlap.press("End")
    for _ in before:
        overlap.press("Backspace")
    expect(overlap).to_have_value("")
    overlap.press("7")
    expect(overlap).to_have_value("7")
    overlap.press("Backspace")
    page.get_by_label("Source").click()
    expect(overlap).to_have_value("7")


def test_filters_that_nothing_fits_are_cleared(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{stage['project'].pk}/prompts?split=test&source=nowhere&q=zebra")
    expect(page.get_by_text("Nothing fits these filters")).to_be_visible()
    page.get_by_role("button", name="Clear the filters").click()
    expect(page.get_by_role("region", name="Prompts").locator("tbody tr").first).to_be_visible()
    expect(page.get_by_label("Text contains")).to_have_value("")
    assert page.url.endswith("/prompts")


def test_a_recipe_in_the_address_that_none_can_be_is_named(
    visit: Callable[..., Visitor], stage: dict[str, Any]
) -> None:
    visitor = visit()
    page = visitor.sign_in("eva")
    recipe = '{"splits":5,"aggregation":"majority"}'
    page.goto(f"{visitor.address}/snapshots/new?project={stage['project'].pk}&kind=comparisons&recipe={recipe}")
    expect(page.get_by_role("alert").filter(has_text="no recipe has, so it is left out: splits: 5.")).to_be_visible()
    expect(page.get_by_label("Several judgments of the same outputs")).to_have_value("majority")


def test_a_filter_that_cannot_be_is_named_with_the_way_out(
    visit: Callable[..., Visitor], stage: dict[str, Any]
) -> None:
    visitor = visit()
    page = visitor.sign_in("eva")
    project = f"{visitor.address}/projects/{stage['project'].pk}"
    for path, filters, said in (
        ("items", "week=2026-02-31", "week: Date has wrong format"),
        ("prompts", "split=sideways", 'split: "sideways" is not a valid choice.'),
        ("hours", "since=2026-03-01&until=2026-01-01", "since: This is after the last day."),
        ("review", "signal=nothing", 'signal: "nothing" is not a valid choice.'),
    ):
        page.goto(f"{project}/{path}?{filters}")
        expect(page.get_by_role("alert")).to_contain_text(said)
        page.get_by_role("link", name="Clear the filters").click()
        expect(page.get_by_role("alert")).to_have_count(0)
        assert page.url == f"{project}/{path}"


def test_a_search_field_keeps_the_focus_while_the_list_follows(
    visit: Callable[..., Visitor], stage: dict[str, Any]
) -> None:
    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{stage['project'].pk}/items")
    field = page.get_by_label("Labeler", exact=True)
    for letter in "ab":
        field.press(letter)
        page.wait_for_url(f"**labeler=*{letter}")
    expect(field).to_be_focused()
    expect(field).to_have_value("ab")


def test_a_double_click_publishes_one_batch(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    from labeling.collection.models import Batch

    before = Batch.objects.count()
    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{stage['project'].pk}/publish?kind=comparison")
    page.get_by_role("button", name="Publish", exact=True).dblclick()
    expect(page.get_by_role("status").filter(has_text="is published with")).to_be_visible()
    assert Batch.objects.count() == before + 1


def test_a_reason_that_is_too_long_is_kept_and_refused_in_words(
    visit: Callable[..., Visitor], stage: dict[str, Any]
) -> None:
    answer_all(stage, "ada", "demonstration")
    answer_all(stage, "ben", "demonstration")
    stage["project"].undo_seconds = 0
    stage["project"].save()
    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/batches/{stage['demonstrations'].pk}/review")
    page.locator("article[aria-current]").wait_for()
    page.keyboard.press("r")
    reasons, long = page.get_by_label("Reasons", exact=True), "Too short. " * 10_000
    reasons.fill(long)
    expect(page.get_by_text("100,000 characters too many: at most 10,000 can be sent.")).to_be_visible()
    page.locator("form").filter(has=reasons).locator("button[type=submit]").click()
    expect(page.get_by_role("alert")).to_contain_text("no more than 10000 characters")
    expect(reasons).to_have_value(long)


def test_an_evaluation_of_one_model_or_of_no_prompt_is_not_begun(
    visit: Callable[..., Visitor], stage: dict[str, Any]
) -> None:
    from labeling.collection.models import Batch

    project = bring_in_outputs()
    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{project.pk}/evaluation?view=settings")
    page.get_by_role("checkbox", name="tuned").check()
    expect(page.get_by_text("Choose two models or more")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    page.get_by_role("checkbox", name="plain").check()
    expect(page.get_by_text("Choose the baseline among them.")).to_be_visible()
    page.get_by_role("radio", name="plain").check()
    page.get_by_role("button", name="Save").click()
    page.goto(f"{visitor.address}/projects/{project.pk}/evaluation?view=tasks")
    before = Batch.objects.count()
    limit = page.get_by_label("Prompts at most")
    for typed in ("0", "-3"):
        limit.fill(typed)
        expect(page.get_by_role("button", name="Publish 0 tasks")).to_be_disabled()
        limit.press("Enter")
    assert Batch.objects.count() == before


def test_a_mix_that_does_not_add_up_says_by_how_much(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    visitor = visit()
    page = visitor.sign_in("eva")
    page.goto(f"{visitor.address}/projects/{stage['project'].pk}/curate")
    page.get_by_role("button", name="Set a target mix").click()
    for generation, chat, said in (
        ("60", "70", "Together 130 %: take 30 away"),
        ("60", "", "Together 60 %: give away 40 more"),
    ):
        page.get_by_label("Generation, %").fill(generation)
        page.get_by_label("Chat, %").fill(chat)
        expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
        expect(page.get_by_role("button", name="Save the target")).to_be_disabled()
