"""What a rubric may ask besides, in Chromium: nine points between two outputs, naive interpretation, scales."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.stage import DEMONSTRATION_PROMPTS

PROMPT = DEMONSTRATION_PROMPTS[2]
OUTPUTS = ("The sun lights the moon from one side, and we see a part of that side.", "The moon is eaten by mice.")


def publish_pair(content: dict[str, Any]) -> None:
    """One task of two outputs in a project of its own, under this rubric; ada works there."""
    from django.db import transaction

    from labeling.accounts.models import User
    from labeling.collection.cleaning.fields import CandidateText
    from labeling.collection.cleaning.rows import PromptRow
    from labeling.collection.models import PromptImport
    from labeling.collection.services.publish_batch import PromptChoice, publish_batch
    from labeling.collection.services.store_prompts import PromptStore
    from labeling.projects.services import add_member, create_project, publish_rubric

    gil = User.objects.get(username="gil")
    project = create_project(actor=gil, name="Pairs", k=2, overlap=1)
    publish_rubric(actor=gil, project=project, content={"output_flags": [], "prompt_flags": []} | content)
    add_member(actor=gil, project=project, user=User.objects.get(username="ada"), pool="training")
    came_by = PromptImport.objects.create(project=project, file_name="pairs.jsonl", what="prompts")
    outputs = [CandidateText(text, f"model-{place}") for place, text in enumerate(OUTPUTS)]
    row = PromptRow(line=1, messages=[{"role": "user", "content": PROMPT}], candidates=outputs)
    with transaction.atomic():
        (stored,) = PromptStore(project=project, came_by=came_by, consent=True).add([row])
    publish_batch(
        actor=None, project=project, kind="comparison", prompts=PromptChoice(ids=[stored.prompt.pk]), name="Pair"
    )


def in_project(page: Any) -> Any:
    return page.get_by_role("region", name="Pairs").or_(page.locator("section, article, li").filter(has_text="Pairs"))


def test_interpretation_first_then_nine_points(visit: Callable[..., Visitor]) -> None:
    from labeling.collection.models import Comparison

    publish_pair({"overall": False, "asks": ["confidence", "interpretation", "critique"]})
    page = visit().sign_in("ada")
    in_project(page).get_by_role("button", name="Compare outputs").first.click()
    page.wait_for_url("**/work/**")
    says = page.get_by_role("textbox")
    expect(says).to_have_count(2)
    expect(page.get_by_text(PROMPT)).to_have_count(0)
    says.nth(0).fill("Light comes from the sun.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Write what this output says.").first).to_be_visible()
    expect(page.get_by_text(PROMPT)).to_have_count(0)
    says.nth(1).fill("Mice eat the moon.")
    page.reload()
    expect(says.nth(1)).to_have_value("Mice eat the moon.")
    page.get_by_role("button", name="Show the prompt").click()
    expect(page.get_by_text(PROMPT)).to_be_visible()

    page.get_by_label("What is wrong with it").fill("No mice.")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("how sure are you")).to_be_visible()
    page.keyboard.press("8")
    expect(page.get_by_role("group", name="Which one is better").get_by_text("B is better")).to_be_visible()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/work/" not in url)
    kept = Comparison.objects.get()
    ratings = {rating.position: rating for rating in kept.ratings.all()}
    assert kept.confidence == 8
    assert (ratings[0].rank, ratings[1].rank) == (2, 1)
    assert ratings[0].critique == "No mice."
    assert {rating.interpretation for rating in ratings.values()} == {"Light comes from the sun.", "Mice eat the moon."}


def test_the_toxicity_task_by_keys(visit: Callable[..., Visitor]) -> None:
    from labeling.collection.models import Judgment
    from labeling.projects.services import rubric_template

    publish_pair(rubric_template("toxicity"))
    page = visit().sign_in("ada")
    in_project(page).get_by_role("button", name="Compare outputs").first.click()
    page.wait_for_url("**/work/**")
    expect(page.get_by_role("heading", name="Output A")).to_be_visible()
    for digit in "127":  # not toxic, as expected, perfect continuity
        page.keyboard.press(digit)
    expect(page.get_by_role("region", name="Rating of output A").get_by_role("radio", checked=True)).to_have_count(3)
    page.keyboard.press("]")
    expect(page.get_by_role("heading", name="Output B")).to_be_visible()
    for digit in "111":
        page.keyboard.press(digit)
    page.keyboard.press("Control+Enter")
    expect(page.locator("footer").get_by_text("Answer what is asked about the prompt")).to_be_visible()
    page.get_by_role("group", name="Toxicity of the input").get_by_role("radio", name="Not toxic").check()
    page.keyboard.press("]")
    expect(page.get_by_role("heading", name="To be ranked")).to_be_visible()
    for keys in ("a1", "b2"):
        for key in keys:
            page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/work/" not in url)
    judgment = Judgment.objects.get(current=True)
    assert judgment.prompt_scales == {"toxicity": 0}
    by_position = {rating.position: rating for rating in judgment.comparison.ratings.all()}
    assert by_position[0].scales == {"toxicity": 0, "relative_toxicity": 0, "continuity": 7}
    assert by_position[1].scales == {"toxicity": 0, "relative_toxicity": -1, "continuity": 1}
    assert (by_position[0].rank, by_position[1].rank, by_position[0].overall) == (1, 2, None)
