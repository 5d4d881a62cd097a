"""Shared items: a drawn share of a batch has several labelers, and agreement is measured on it."""

import uuid
from typing import Any

import pytest

from labeling.collection.models import Batch, Slot, Task
from labeling.collection.services.shared_items import draw_shared
from tests.collection.conftest import API, Scene


def publish(scene: Scene, prompts: Any, **fields: Any) -> Any:
    body = {"kind": "comparison", "prompts": [str(prompt.pk) for prompt in prompts], **fields}
    return scene.world.eva.post(f"{API}/projects/{scene.project.pk}/batches", body, format="json")


@pytest.mark.parametrize(
    ("count", "share", "drawn"), [(10, 0.2, 2), (10, 1, 10), (3, 0.1, 1), (1, 0.5, 1), (33, 0.1, 3)]
)
def test_so_many_are_drawn(count: int, share: float, drawn: int):
    assert len(draw_shared([uuid.uuid4() for _ in range(count)], share=share, number=1)) == drawn


def test_the_draw_depends_on_the_batch_and_not_on_the_order():
    prompts = [uuid.uuid4() for _ in range(40)]
    drawn = draw_shared(prompts, share=0.5, number=1)
    assert draw_shared(prompts[::-1], share=0.5, number=1) == drawn
    assert draw_shared(prompts, share=0.5, number=2) != drawn


@pytest.mark.django_db(transaction=True)
def test_shared_tasks_have_several_slots_and_all_others_one(scene: Scene):
    answer = publish(scene, scene.prompts(10, outputs=4), shared_share=0.2, shared_overlap=3)
    assert answer.status_code == 201, answer.content
    batch = answer.json()
    assert (batch["shared_tasks"], batch["overlap"], batch["shared_share"]) == (2, 3, 0.2)
    assert batch["slots"]["free"] == 8 + 2 * 3
    for task in Task.objects.all():
        assert sorted(task.slots.values_list("number", flat=True)) == list(range(1, task.overlap + 1))
    assert sorted(Task.objects.values_list("overlap", flat=True)) == [1] * 8 + [3] * 2


@pytest.mark.django_db(transaction=True)
def test_agreement_is_measured_on_the_shared_items(scene: Scene):
    publish(scene, scene.prompts(4, outputs=2), shared_share=0.5, shared_overlap=2)
    for name in ("ada", "ben"):
        while assignment := scene.next(name):
            first, second = (candidate["id"] for candidate in assignment["candidates"])
            rating = {"overall": 4, "flags": {}, "note": ""}
            ratings = [{"candidate": first, **rating}, {"candidate": second, **rating}]
            scene.submit(name, assignment, ratings=ratings, ranking=[[first], [second]])
    assert not Slot.objects.exclude(state="done").exists()
    Batch.objects.update(status="accepted")
    agreement = scene.world.eva.get(f"{API}/projects/{scene.project.pk}/agreement").json()
    assert agreement["pairwise"]["n"] == 2, "one pair of labelers on each of the two shared ones"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"shared_share": 0.2}, "shared_overlap"),
        ({"shared_overlap": 2}, "shared_share"),
        ({"shared_share": 0.2, "shared_overlap": 1}, "shared_overlap"),
        ({"shared_share": 0, "shared_overlap": 2}, "shared_share"),
        ({"shared_share": 1.5, "shared_overlap": 2}, "shared_share"),
        ({"shared_share": 0.2, "shared_overlap": 2, "overlap": 3}, "overlap"),
        ({"shared_share": 0.2, "shared_overlap": 2, "purpose": "gold"}, "shared_share"),
    ],
)
def test_what_does_not_go_together_is_refused_beside_its_field(scene: Scene, fields: dict[str, Any], wrong: str):
    answer = publish(scene, scene.prompts(2, outputs=4), **fields)
    assert answer.status_code == 400, answer.content
    assert wrong in answer.json()["errors"]
    assert not Batch.objects.exists()
