"""A researcher builds a recipe, freezes by it, leaves a labeler out, compares the two, and traces a record."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_admin_journey import fact


def accept_rankings(project: Any) -> None:
    """Four prompts, each ranked by three people of an import, of whom two agree."""
    from labeling.datasets.services import import_file

    rows = [
        {
            "prompt": f"Which of these is best, number {number}?",
            "candidates": [{"text": f"{letter} of {number}"} for letter in "abc"],
            "ranks": ranks,
            "labeler": labeler,
            "use_case": "chat",
        }
        for number in range(4)
        for labeler, ranks in {"one": [1, 2, 3], "two": [1, 2, 3], "three": [3, 2, 1]}.items()
    ]
    file = BytesIO("".join(json.dumps(row) + "\n" for row in rows).encode())
    import_file(actor=None, project=project, what="comparisons", file=file, file_name="ranked.jsonl", consent=True)


def dissenter(project: Any) -> str:
    """The pseudonym of the one who ranks the other way round: without the others nothing would be left to freeze."""
    from labeling.collection.models import Rating
    from labeling.projects.models import Membership

    rating = Rating.objects.filter(rank=3, candidate__text="a of 0", candidate__prompt__project=project).get()
    labeler = rating.comparison.judgment.assignment.labeler
    return Membership.objects.get(project=project, user=labeler).pseudonym


def test_a_recipe_is_built_frozen_compared_and_traced(visit: Callable[..., Visitor], stage: dict[str, Any]) -> None:
    from labeling.datasets.models import Snapshot

    accept_rankings(stage["project"])
    page = visit().sign_in("eva")
    page.get_by_role("link", name="Snapshots").click()
    page.get_by_text("No snapshot yet").wait_for()
    page.keyboard.press("f")
    page.get_by_label("What", exact=True).select_option("Comparisons")
    expect(fact(page, "Records")).to_have_text("12")
    expect(fact(page, "Agreement")).to_contain_text("33.3%")
    page.get_by_label("Several judgments of the same outputs").select_option("One record: the majority")
    expect(fact(page, "Records")).to_have_text("4")
    expect(fact(page, "Judgments")).to_have_text("12")
    assert "majority" in page.url, "the recipe can be sent to a colleague"
    page.get_by_label("Agreement on an item, at least").fill("90")
    expect(page.get_by_text("Nothing enters. See what is left out and why.")).to_be_visible()
    expect(page.get_by_text("too little agreement on the item")).to_be_visible()
    page.get_by_label("Agreement on an item, at least").fill("60")
    expect(fact(page, "Records")).to_have_text("4")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/snapshots/[0-9a-f-]{36}$"))
    expect(page.get_by_text("Several judgments of the same outputs: one record: the majority.")).to_be_visible()
    snapshot = Snapshot.objects.get()
    assert snapshot.recipe == {"version": 1, "aggregation": "majority", "least_agreement": 0.6}

    page.get_by_role("button", name="Without a labeler…").click()
    page.get_by_label("Leave out", exact=True).first.click()
    page.get_by_role("option", name=re.compile(re.escape(dissenter(stage["project"])))).click()
    expect(page.get_by_text("4 judgments are left out.")).to_be_visible()
    page.keyboard.press("Escape")  # closes the list of names
    page.get_by_role("button", name="Freeze without them").click()
    page.wait_for_url("**/diff?against=*")
    expect(page.get_by_role("heading", name="Recipes")).to_be_visible()
    assert Snapshot.objects.count() == 2
    changed = page.get_by_role("group").first
    changed.locator("summary").click()
    changed.get_by_role("link", name=re.compile("Line . and where it comes from")).first.click()
    expect(page.get_by_role("heading", name="Judgments")).to_be_visible()
    expect(page.get_by_text("this is what entered").first).to_be_visible()
    expect(fact(page, "Came by")).to_have_text("ranked.jsonl")
    heading = page.get_by_role("heading", level=1)
    first = int((heading.text_content() or "").split()[-1])  # the changed one's line, which follows from random ids
    page.keyboard.press("j")
    expect(heading).to_have_text(f"Record {first + 1}")


def test_what_was_taken_back_is_said_until_its_files_are_purged(
    visit: Callable[..., Visitor], stage: dict[str, Any]
) -> None:
    from labeling.collection.curate.composition import set_consent
    from labeling.datasets.services import freeze_snapshot

    project = stage["project"]
    accept_rankings(project)
    snapshot = freeze_snapshot(actor=None, project=project, kind="comparisons")
    visitor = visit()
    page = visitor.sign_in("gil")
    page.goto(f"{visitor.address}/snapshots")
    row = page.get_by_role("row", name=snapshot.name)
    expect(row).to_contain_text("Whole")
    set_consent(actor=stage["people"]["eva"], project=project, source="import", consent=False)
    page.reload()
    expect(row).to_contain_text("Holds what was taken back")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Take it out")).to_be_visible()
    page.get_by_role("button", name="Purge its files").click()
    page.get_by_role("button", name="Delete the files for good").dblclick()
    expect(page.get_by_text("Its files were purged")).to_be_visible()
    expect(page.get_by_role("heading", name="Take it out")).to_have_count(0)
    expect(page.get_by_role("link", name="Download")).to_have_count(0)
    page.goto(f"{visitor.address}/snapshots")
    expect(row).to_contain_text("Purged")
