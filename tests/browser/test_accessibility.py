"""Every page by axe, in light and in dark: no violation. A route that no visit opens fails (tests/pictures.py)."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from playwright.sync_api import Page

from tests.browser.conftest import Visitor
from tests.pictures import PAGES, check_routes

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
NAMES = {"labeler": "ada", "researcher": "eva", "admin": "gil"}
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def ids(stage: dict[str, Any]) -> SimpleNamespace:
    """What the routes' parameters are filled with: one of everything."""
    from labeling.collection.services.next_assignment import next_assignment
    from labeling.collection.services.questions import ask_question
    from labeling.datasets.services import freeze_snapshot
    from labeling.registry.models import ModelVersion
    from labeling.runs.models import Run

    project, people = stage["project"], stage["people"]
    folder = settings.DATA_DIR / "models" / "axe"
    folder.mkdir(parents=True, exist_ok=True)
    model = ModelVersion.objects.create(name="axe", kind="policy", path=str(folder), sha256="0" * 64, project=project)
    run = Run.objects.create(name="axe", project=project, kind="sft", preset="tiny", status="failed")
    share = {"accuracy": 0.6, "accuracy_low": 0.5, "accuracy_high": 0.7, "pairs": 90, "prompts": 15}
    by = {"outputs": "4", "use_case": "chat", "pool": "training", "agreement": "all"}
    measured = Run.objects.create(
        name="axe rm", project=project, kind="rm", preset="tiny", status="done", report={"comparisons": share},
        parts={
            "accuracy_by": {name: [share | {"part": part, "longer_wins": 0.5}] for name, part in by.items()},
            "calibration": [share | {"at_least": 0.5, "below": 0.6, "promised": 0.55}],
        },
    )  # fmt: skip
    assignment = next_assignment(user=people["ada"], project_id=project.pk, kind="comparison", ahead=False)
    assert assignment is not None
    question = ask_question(
        user=people["ada"], assignment_id=assignment.pk, submission_id=uuid4(), text="Does length count?"
    )
    return SimpleNamespace(
        project=str(project.pk),
        batch=str(stage["comparisons"].pk),
        prompt=str(project.prompts.first().pk),
        snapshot=str(freeze_snapshot(actor=people["gil"], project=project, kind="prompts").pk),
        run=str(run.pk),
        sft_run=str(run.pk),
        rm_run=str(measured.pk),
        model=str(model.pk),
        comparison=str(assignment.pk),
        kind="comparison",
        question=str(question.pk),
    )


def violations(page: Page) -> list[str]:
    """What axe finds on the page when it has settled, one line for each rule, with the first elements."""
    page.evaluate(AXE.read_text())
    found: list[str] = []
    for wait_ms in (300, 1500, 5000):  # colors are set anew, on a busy machine late
        page.wait_for_timeout(wait_ms)
        found = _found_by_axe(page)
        if not found:
            break
    return found


def _found_by_axe(page: Page) -> list[str]:
    found = page.evaluate("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations")
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:120]} {node['failureSummary'].splitlines()[-1].strip()[:200]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


@pytest.mark.parametrize("who", ["", "labeler", "researcher", "admin"])
def test_no_page_breaks_a_rule_of_axe(visit: Callable[..., Visitor], ids: SimpleNamespace, who: str) -> None:
    check_routes()
    visitor = visit(reduced_motion="reduce")
    page = visitor.sign_in(NAMES[who]) if who else visitor.open("/sign-in")
    faults: dict[str, list[str]] = {}
    for name, whose, address, act in (visit_ for visits in PAGES.values() for visit_ in visits):
        if whose != who:
            continue
        page.set_viewport_size(DESK)
        page.goto(visitor.address + address(ids), wait_until="networkidle")
        if act:
            act(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.locator(f"html[data-mantine-color-scheme='{scheme}']").wait_for()
            for size in (DESK, PHONE) if who == "labeler" else (DESK,):
                page.set_viewport_size(size)
                if found := violations(page):
                    faults[f"{name}, {scheme}, {size['width']}"] = found
    assert not faults, json.dumps(faults, indent=1)
