"""A researcher compares two models by people: sets it up, publishes, and reads the results as labelers answer."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

TALES = ("the fox", "the mill", "the queen")


def bring_in_outputs() -> Any:
    """An evaluation project with three prompts from two sources, outputs of two models, and ben to judge them."""
    from django.db import transaction

    from labeling.accounts.models import User
    from labeling.collection.cleaning.fields import CandidateText
    from labeling.collection.cleaning.rows import PromptRow
    from labeling.collection.models import PromptImport
    from labeling.collection.services.store_prompts import PromptStore
    from labeling.projects.services import add_member, create_project

    eva, ben = (User.objects.get(username=name) for name in ("eva", "ben"))
    project = create_project(actor=eva, name="Held out", purpose="evaluation", k=2, overlap=1)
    add_member(actor=eva, project=project, user=ben, pool="held_out")
    came_by = PromptImport.objects.create(project=project, file_name="tales.jsonl", what="prompts")
    rows = [
        PromptRow(
            line=number,
            messages=[{"role": "user", "content": f"Tell of {tale}."}],
            source=("inside", "outside")[number % 2],
            candidates=[
                CandidateText(f"A long tale of {tale}, with an end.", "tuned"),
                CandidateText(f"Of {tale}.", "plain"),
            ],
        )
        for number, tale in enumerate(TALES)
    ]
    with transaction.atomic():
        PromptStore(project=project, came_by=came_by, consent=True).add(rows)
    return project


def judge(project: Any) -> None:
    """Ben prefers the longer tale of the first two, and the shorter of the third."""
    from rest_framework.test import APIClient

    from labeling.accounts.models import User

    client = APIClient()
    client.force_login(User.objects.get(username="ben"), backend="django.contrib.auth.backends.ModelBackend")
    for _ in TALES:
        task = client.post(f"/api/v1/projects/{project.pk}/tasks/next", {}, format="json").json()
        longer_first = "queen" not in str(task["prompt"])
        order = sorted(task["candidates"], key=lambda one: len(one["text"]), reverse=longer_first)
        body = {
            "submission_id": task["id"],
            "active_seconds": 1,
            "prompt_flags": {},
            "ratings": [
                {"candidate": one["id"], "overall": 6 - place, "flags": {}, "note": ""}
                for place, one in enumerate(order)
            ],
            "ranking": [[one["id"]] for one in order],
        }
        sent = client.post(f"/api/v1/assignments/{task['id']}/submit", body, format="json")
        assert sent.status_code == 200, sent.content


def open_evaluation(page: Page) -> None:
    page.get_by_role("link", name="Projects").first.click()
    page.get_by_role("link", name="Held out").click()
    page.get_by_role("link", name="Evaluation", exact=True).click()


def test_models_are_compared_from_the_choice_to_the_win_rate(
    visit: Callable[..., Visitor], stage: dict[str, Any]
) -> None:
    project = bring_in_outputs()
    page = visit().sign_in("eva")
    open_evaluation(page)

    # Choose, by keys: the boxes and the baseline are the browser's own.
    page.get_by_role("checkbox", name="tuned").focus()
    page.keyboard.press("Space")
    page.get_by_role("checkbox", name="plain").check()
    page.get_by_role("radio", name="plain").check()
    page.get_by_role("button", name="A set for each source").click()
    expect(page.get_by_label("Name of the set").first).to_have_value("inside")
    page.get_by_role("button", name="Save").click()

    # What is there, and tasks on it for one pool.
    expect(page.get_by_text("3 of 3 prompts have outputs of all models")).to_be_visible()
    page.get_by_role("checkbox", name="Training labelers").uncheck()
    page.get_by_role("button", name="Publish 3 tasks").click()
    expect(page.get_by_text("Published, as 1 batch")).to_be_visible()
    expect(page.get_by_role("button", name="Publish 0 tasks")).to_be_disabled()

    # Nothing yet; then what ben said.
    page.get_by_role("button", name="Results").click()
    expect(page.get_by_text("Nothing judged yet")).to_be_visible()
    judge(project)
    page.reload()
    expect(page.get_by_text("tuned does best: it is preferred to plain in 66.7% of comparisons")).to_be_visible()
    expect(page.get_by_role("figure").filter(has_text="inside, Held-out labelers")).to_be_visible()
    rows = page.get_by_role("table", name="Win rate").get_by_role("row")
    expect(rows).to_have_count(4)
    expect(rows.last).to_contain_text("2 / 0 / 1")
    page.get_by_label("Figure").select_option(label="Rating, 1 to 7")
    expect(page.get_by_text("tuned is rated best, 5.67 of 7")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="All figures as CSV").click()
    assert "all,held_out,tuned,win_rate,0.666" in download.value.path().read_text(encoding="utf-8-sig")

    # How many more, and the model's own page.
    page.get_by_role("button", name="How many more").click()
    expect(page.get_by_text("and every interval is ± 3 points or narrower")).to_be_visible()
    page.get_by_label("Interval, ± points").fill("50")
    expect(page.get_by_role("status").get_by_text("± 50 points")).to_be_visible()
    page.get_by_role("button", name="Results").click()
    page.get_by_role("link", name="tuned").first.click()
    expect(page.get_by_text("Its outputs are preferred to those of plain in 66.7%")).to_be_visible()
    page.get_by_role("link", name="Evaluation of Held out").click()
    expect(page.get_by_role("table", name="Win rate")).to_be_visible()
