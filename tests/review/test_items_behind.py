"""The items behind a mark: as many as the mark counts, asked for as the pages' links ask (itemsBehind.ts)."""

import uuid
from typing import Any

import pytest

from labeling.collection.models import Batch, Prompt, Task
from labeling.projects.models import Guideline
from tests.collection.conftest import API, Scene
from tests.collection.conftest import scene as scene
from tests.review.test_evaluation import SETS, Desk
from tests.review.test_evaluation import desk as desk
from tests.review.test_items import answer, items, pseudonym


@pytest.fixture(autouse=True)
def in_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may be long about a statement; what is counted here is not how long."""
    monkeypatch.setattr("labeling.review.items.page.MOST_MILLISECONDS", 600_000)


def behind(by: str, row: dict[str, Any]) -> dict[str, Any]:
    """As itemsBehind of the agreement page."""
    one, other = [*row["labels"], ""][:2]
    if by == "pair":
        return {"labeler": one, "with": other}
    if by in ("labeler", "researchers"):
        return {"labeler": one, "compared": True} | ({"with_pool": "researcher"} if by == "researchers" else {})
    return {by: row["key"], "compared": True}


@pytest.fixture
def compared(scene: Scene) -> Scene:
    """Comparisons of two outputs: by ada and ben, ada and eva, ben and eva, and by ada alone.

    So each comparison of two labelers is one item. Of ben's and eva's the guideline changed between the two.
    """
    pairs = [("ada", "ben"), ("ada", "eva"), ("ben", "eva"), ("ada",)]
    publish_guideline(scene, 1)
    for number, people in enumerate(pairs):
        prompts = scene.prompts(1, outputs=2)
        Prompt.objects.filter(pk=prompts[0].pk).update(use_case=("chat", "extract")[number % 2], language="en")
        scene.publish("comparison", prompts=prompts, overlap=len(people), k=2)
        for name in people:
            if (name, people[0]) == ("eva", "ben"):
                publish_guideline(scene, 2)
            shown = scene.next(name)
            assert shown
            ranking = [[one["id"]] for one in sorted(shown["candidates"], key=lambda one: one["text"])]
            scene.submit(name, shown, ranking=ranking)
    return scene


def publish_guideline(scene: Scene, version: int) -> None:
    Guideline.objects.create(project=scene.project, version=version, text="Be fair.", kind="comparison")


@pytest.mark.parametrize(
    "by", ["labeler", "pair", "researchers", "pool", "use_case", "language", "guideline", "batch", "week"]
)
def test_a_mark_of_agreement_leads_to_as_many_items_as_it_compares(compared: Scene, by: str):
    table = compared.world.eva.get(f"{API}/projects/{compared.project.pk}/agreement/table", {"by": by}).json()
    counted = {row["key"]: row["estimates"]["pairwise"].get("n", 0) for row in table["rows"]}
    assert sum(counted.values()) > 0
    assert {row["key"]: len(items(compared, **behind(by, row))) for row in table["rows"]} == counted


def test_the_cells_of_two_labelers_are_what_agreement_counts(scene: Scene):
    scene.publish("comparison", tasks=3, overlap=2)
    for mine, theirs in (((1, 2, 3, 4), (1, 2, 3, 4)), ((1, 1, 2, 3), (4, 3, 2, 1)), ((2, 1, 3, 3), (1, 2, 3, 4))):
        answer(scene, "ada", mine)
        answer(scene, "ben", theirs)
    asked = {"labeler": pseudonym(scene, "ada"), "with": pseudonym(scene, "ben")}
    project = f"{API}/projects/{scene.project.pk}"
    cells = {one["cell"]: one for one in scene.world.eva.get(f"{project}/items/cells", asked).json()["results"]}
    assert len(cells) == 9
    (row,) = scene.world.eva.get(f"{project}/agreement/table", {"by": "pair"}).json()["rows"]
    assert sum(cell["pairs"] for cell in cells.values()) == row["estimates"]["pairwise"]["n"] == 18
    same = sum(cells[f"{said}-{said}"]["pairs"] for said in ("first", "tie", "second"))
    assert same / 18 == pytest.approx(row["estimates"]["pairwise"]["value"])
    assert {name: len(items(scene, cell=name, **asked)) for name in cells} == {
        name: cell["items"] for name, cell in cells.items()
    }
    # Another's view of the same: rows become columns.
    turned = {"labeler": asked["with"], "with": asked["labeler"]}
    theirs = {one["cell"]: one for one in scene.world.eva.get(f"{project}/items/cells", turned).json()["results"]}
    assert theirs["first-tie"]["pairs"] == cells["tie-first"]["pairs"] > 0
    of_batch = scene.world.eva.get(f"{project}/items/cells", {**asked, "batch": 2}).json()["results"]
    assert sum(cell["pairs"] for cell in of_batch) == 0


def test_cells_are_of_two_labelers(scene: Scene):
    refused = scene.world.eva.get(f"{API}/projects/{scene.project.pk}/items/cells", {"labeler": "x"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["with"])


@pytest.mark.parametrize("accepted", [False, True])
def test_a_mark_of_the_evaluation_leads_to_as_many_items_as_it_counts(desk: Desk, accepted: bool):
    desk.put(prompt_sets=SETS)
    desk.publish(pools=["training", "held_out"])
    desk.rank("ada", (("ppo",), ("sft",), ("base",)))
    desk.rank("dov", (("base",), ("sft", "ppo")))
    # What the evaluation does not count: another's outputs, a withdrawn prompt, an answer that was not accepted.
    others = desk.scene.prompts(1, outputs=2, models=["other", "another"])
    desk.scene.publish("comparison", prompts=others, overlap=1)
    desk.rank("ada", (("base",), ("sft",)))
    Prompt.objects.filter(tasks__position=2, tasks__batch__number=1).update(withdrawn_at="2026-01-01T00:00Z")
    Task.objects.get(position=3, batch__number=1).assignments.update(state="rejected")
    Batch.objects.filter(number=1).update(status="accepted")
    asked = {"accepted": True} if accepted else {}
    panels = desk.get("/results", **({"accepted_only": "true"} if accepted else {}))["panels"]
    assert {panel["pool"] for panel in panels} == {"training", "all"} | (set() if accepted else {"held_out"})
    compared = 0
    for panel in panels:
        of_panel = asked | {"prompt_set": panel["prompt_set"]}
        if panel["pool"] != "all":
            of_panel["pool"] = panel["pool"]
        assert len(items(desk.scene, **of_panel)) == panel["judgments"]
        for figures in panel["models"] if panel["pool"] == "training" else ():
            of_model = of_panel | {"model": figures["model"]}
            flag = figures["flags"]["hallucination"]
            flagged = items(desk.scene, flag="hallucination", **of_model)
            assert len(flagged) == pytest.approx((flag["value"] or 0) * flag.get("n", 0))
            if figures["model"] != desk.id("base"):
                for outcome, count in (("won", "wins"), ("tied", "ties"), ("lost", "losses")):
                    found = items(desk.scene, against=desk.id("base"), outcome=outcome, **of_model)
                    assert len(found) == figures[count], (panel["prompt_set"], panel["pool"], outcome)
                    compared += len(found)
    assert compared > 0


def test_a_set_that_the_evaluation_has_not_is_refused(desk: Desk):
    path = f"{API}/projects/{desk.scene.project.pk}/items"
    for name in ("all", "GPT"):
        assert "prompt_set" in desk.scene.world.eva.get(path, {"prompt_set": name}).json()["errors"]
    desk.put(prompt_sets=SETS)
    assert desk.scene.world.eva.get(path, {"prompt_set": "GPT"}).status_code == 200
    assert "prompt_set" in desk.scene.world.eva.get(path, {"prompt_set": "none"}).json()["errors"]


def test_items_with_a_reference_say_who_set_it_and_whether_it_is_shown(scene: Scene):
    scene.publish("comparison", tasks=3, overlap=1)
    for _ in range(3):
        answer(scene, "ada", (1, 2, 3, 4))
    for name, task in zip(("eva", "gil"), Task.objects.order_by("position"), strict=False):
        outputs = [str(pk) for pk in task.task_candidates.values_list("candidate", flat=True)]
        body = {"submission_id": str(uuid.uuid4()), "ranking": [outputs]}
        made = scene.world.client(name).post(f"{API}/tasks/{task.pk}/references", body, format="json")
        assert made.status_code == 201, made.content
    assert len(items(scene)) == 3
    told = {item["item"]: item["reference"] for item in items(scene, reference="set")}
    assert {item: (one["by"], one["shown"]) for item, one in told.items()} == {1: ("eva", False), 2: ("gil", False)}
    assert [item["item"] for item in items(scene, reference_by="gil")] == [2]
    assert items(scene, reference="shown") == []
    url = f"{API}/projects/{scene.project.pk}/review/settings"
    settings = scene.world.eva.get(url).json() | {"show_references": True}
    assert scene.world.eva.put(url, settings, format="json").status_code == 200
    assert items(scene, reference="shown") == [], "not before the batch is accepted"
    Batch.objects.update(status="accepted")
    shown = items(scene, reference="shown")
    assert sorted((one["item"], one["reference"]["shown"]) for one in shown) == [(1, True), (2, True)]
    lines = scene.world.eva.get(
        f"{API}/projects/{scene.project.pk}/items/csv", {"reference_by": "gil"}
    ).content.decode()
    assert len(lines.strip().splitlines()) == 2
    assert ",gil,yes," in lines
    undone = {"submission_id": str(uuid.uuid4())}
    reference = Task.objects.get(position=1).references.get().pk
    assert scene.world.eva.post(f"{API}/references/{reference}/undo", undone, format="json").status_code in (200, 409)
