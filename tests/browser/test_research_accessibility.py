"""The research desk by axe with data in it: each view of each page, in light and in dark, at a desk and on a phone.

test_accessibility.py opens every route; here are the charts, tables and panels that show only once people have judged.
"""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitor
from tests.browser.test_accessibility import DESK, PHONE, violations
from tests.browser.test_review_journey import answer_all

BYS = ("labeler", "pair", "researchers", "pool", "use_case", "week", "rating", "flag", "reliability")
VIEWS = ("divided", "position", "length", "contradictions", "time", "constants")
FIGURES = ("win_rate", "length_controlled", "elo", "rating")
CURATED = ("mix", "consent", "personal", "duplicates", "scores")

Act = Callable[[Page], None]


@pytest.fixture
def desk(stage: dict[str, Any]) -> dict[str, Any]:
    """Two labelers have judged what was published, ben turned one ranking round; judgments of two models came by file,
    and two snapshots are frozen of them."""
    from labeling.collection.models import Judgment
    from labeling.datasets.recipe import Recipe
    from labeling.datasets.services import freeze_snapshot, import_file
    from labeling.registry.models import ModelVersion
    from labeling.review.evaluation.settings import save_evaluation

    answer_all(stage, "ada", "comparison")
    answer_all(stage, "ben", "comparison", turned=2)
    answer_all(stage, "ada", "demonstration")
    project, people = stage["project"], stage["people"]
    project.undo_seconds = 0
    project.save()
    rows = [
        {
            "prompt": f"Which of these is best, number {number}?",
            "use_case": "chat",
            "candidates": [{"text": f"A {letter} of {number}", "model": f"model-{letter}"} for letter in "ab"],
            "ranks": ranks,
            "labeler": labeler,
        }
        for number in range(6)
        for labeler, ranks in {"one": [1, 2], "two": [1, 1 + number % 2], "three": [2, 1]}.items()
    ]
    file = BytesIO("".join(json.dumps(row) + "\n" for row in rows).encode())
    import_file(
        actor=people["eva"], project=project, what="comparisons", file=file, file_name="judged.jsonl", consent=True
    )
    models = list(ModelVersion.objects.filter(name__in=["model-a", "model-b"]).values_list("pk", flat=True))
    save_evaluation(actor=people["eva"], project=project, models=models, baseline=models[0], prompt_sets=[])
    each, majority = (
        freeze_snapshot(actor=people["gil"], project=project, kind="comparisons", recipe=recipe).pk
        for recipe in (Recipe(), Recipe(aggregation="majority"))
    )
    assert Judgment.objects.count() > len(rows)
    return {
        "project": project.pk,
        "batch": stage["comparisons"].pk,
        "written": stage["demonstrations"].pk,
        "snapshot": majority,
        "each": each,
        "prompt": Judgment.objects.order_by("pk").first().assignment.task.prompt_id,  # type: ignore[union-attr]
    }


def _press(*keys: str) -> Act:
    def act(page: Page) -> None:
        page.locator("article[aria-current]").wait_for()
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(300)

    return act


def _plan(page: Page) -> None:
    page.get_by_role("button", name="Plan a sample").click()


PAGES: dict[str, list[tuple[str, Act | None]]] = {
    "agreement": [("/projects/{project}/agreement", None)]
    + [(f"/projects/{{project}}/agreement?by={by}", None) for by in BYS],
    "explore": [(f"/projects/{{project}}/explore?view={view}", None) for view in VIEWS],
    "items and people": [
        ("/projects/{project}/items", None),
        ("/projects/{project}/items?contradicting=true&length=1&longer=won", None),
        ("/projects/{project}/items?agreement=3", None),
        ("/projects/{project}/labelers", None),
        ("/projects/{project}/tables", None),
    ],
    "evaluation": [
        *[(f"/projects/{{project}}/evaluation?view=results&figure={figure}", None) for figure in FIGURES],
        *[(f"/projects/{{project}}/evaluation?view={view}", None) for view in ("tasks", "power", "settings")],
    ],
    "curate": [(f"/projects/{{project}}/curate?view={view}", None) for view in CURATED],
    "review": [
        ("/batches/{batch}", None),
        ("/batches/{batch}/review", None),
        ("/batches/{batch}/review", _press("h")),
        ("/batches/{batch}/review", _press("d")),
        ("/batches/{batch}/review", _press("r", "1")),
        ("/batches/{batch}/review", _press("f")),
        ("/batches/{batch}", _plan),
        ("/batches/{written}", None),
        ("/projects/{project}/review", None),
    ],
    "snapshots": [
        ("/snapshots/new?project={project}&kind=comparisons", None),
        ("/snapshots/{snapshot}", None),
        ("/snapshots/{snapshot}/diff?against={each}", None),
        ("/snapshots/{snapshot}/records/1", None),
        ("/projects/{project}/import", None),
        ("/prompts/{prompt}", None),
    ],
}


@pytest.mark.parametrize("part", PAGES)
def test_nothing_for_axe_to_find_with_data(visit: Callable[..., Visitor], desk: dict[str, Any], part: str) -> None:
    visitor = visit(reduced_motion="reduce")
    page = visitor.sign_in("eva")
    faults: dict[str, Any] = {}
    for place, (address, act) in enumerate(PAGES[part]):
        page.set_viewport_size(DESK)
        page.goto(visitor.address + address.format(**desk), wait_until="networkidle")
        page.get_by_role("heading", level=1).wait_for()
        if act:
            act(page)
        page.wait_for_load_state("networkidle")
        for scheme, size in (("light", DESK), ("dark", DESK), ("light", PHONE)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            page.set_viewport_size(size)
            page.locator(f"html[data-mantine-color-scheme='{scheme}']").wait_for()
            where = f"{place} {address}, {scheme}, {size['width']}"
            if found := violations(page):
                faults[where] = found
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                faults[f"{where}, sideways"] = width
    assert not faults, json.dumps(faults, indent=1)
